import { useQueries } from '@tanstack/react-query';
import { type ChangeSet, change } from '@/api/changes';

const MOST_FETCHED = 40;

/** Finds change sets by id among those at hand; the undos that are not at hand are fetched. */
export function useLookup(known: ChangeSet[]) {
  const byId = new Map(known.map((each) => [each.id, each]));
  const wanted = known
    .map((each) => each.undone_by)
    .filter((id) => id !== null && !byId.has(id))
    .slice(0, MOST_FETCHED);
  const fetched = useQueries({
    queries: [...new Set(wanted)].map((id) => ({ ...change(id ?? ''), retry: false })),
  });
  for (const { data } of fetched) {
    if (data) byId.set(data.id, data);
  }
  return (id: string) => byId.get(id);
}
