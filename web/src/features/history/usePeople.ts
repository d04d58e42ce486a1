import { useQueries, useQuery } from '@tanstack/react-query';
import type { ChangeSet } from '@/api/changes';
import { me, members } from '@/api/queries';

/** Everybody who may have changed something: the members, and whom the list itself names. */
export function usePeople(changes: ChangeSet[]) {
  const { data } = useQuery(me);
  const lists = useQueries({
    queries: (data?.workspaces ?? []).map((workspace) => members(workspace.id)),
  });
  const names = new Map(changes.map((change) => [change.user_id, change.user]));
  for (const list of lists) {
    for (const member of list.data?.items ?? []) {
      names.set(member.user_id, member.name || member.email);
    }
  }
  return [...names]
    .filter(([, name]) => name)
    .map(([value, label]) => ({ value, label }))
    .sort((one, two) => one.label.localeCompare(two.label));
}
