import { useQuery } from '@tanstack/react-query';
import type { ChangeSet } from '@/api/changes';
import { bases } from '@/api/queries';

/** What the signed-in person may do about a change set; the server decides in the end. */
export function useRights() {
  const { data } = useQuery(bases);
  // What is changed at Airtable itself is not undone from here; what goes through a copy is.
  const here = (data?.items ?? []).filter(({ source }) => source !== 'airtable');
  const levels = new Map(here.map((base) => [base.id, base.permission_level]));
  const every = (change: ChangeSet, allowed: string[]) =>
    change.bases.length > 0 &&
    change.bases.every((base) => allowed.includes(levels.get(base.base_id) ?? ''));
  return {
    mayUndo: (change: ChangeSet) => every(change, ['edit', 'create']),
    mayForce: (change: ChangeSet) => every(change, ['create']),
  };
}
