import type { QueryClient } from '@tanstack/react-query';
import { type Connection, connections, type OfferedBase } from '@/api/connections';
import { mirror } from '@/api/mirrors';
import { bases } from '@/api/queries';

const READ_FROM_COPIES = ['base', 'rows', 'link-options', 'sql-tables', 'analysis'];

type Change = (items: Connection[]) => Connection[];

/** At once, so that what was done shows before the list has been asked for again. */
function change(queryClient: QueryClient, how: Change) {
  queryClient.setQueryData(connections.queryKey, (list) =>
    list ? { ...list, items: how(list.items) } : list,
  );
  void queryClient.invalidateQueries(connections);
  void queryClient.invalidateQueries(bases);
}

export const addConnection = (queryClient: QueryClient, added: Connection) =>
  change(queryClient, (items) => [...items.filter(({ id }) => id !== added.id), added]);

export const dropConnection = (queryClient: QueryClient, id: string) =>
  change(queryClient, (items) => items.filter((item) => item.id !== id));

/** `offered` is `null` for a base that was withdrawn. */
export function setOffered(
  queryClient: QueryClient,
  connectionId: string,
  baseId: string,
  offered: OfferedBase | null,
) {
  change(queryClient, (items) =>
    items.map((item) => {
      if (item.id !== connectionId) return item;
      const others = item.bases.filter(({ id }) => id !== baseId);
      return { ...item, bases: offered ? [...others, offered] : others };
    }),
  );
  forgetCopied(queryClient, baseId);
  if (offered?.mode === 'mirror') void queryClient.invalidateQueries(mirror(baseId));
  else queryClient.removeQueries(mirror(baseId));
}

/** What was read of a copy may be hidden by now, or not be there any more. */
export function forgetCopied(queryClient: QueryClient, baseId: string) {
  for (const name of READ_FROM_COPIES) queryClient.removeQueries({ queryKey: [name, baseId] });
  void queryClient.invalidateQueries(bases);
}
