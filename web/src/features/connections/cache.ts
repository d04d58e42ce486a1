import type { QueryClient } from '@tanstack/react-query';
import { type Connection, connections, type OfferedBase } from '@/api/connections';
import { bases } from '@/api/queries';

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
export const setOffered = (
  queryClient: QueryClient,
  connectionId: string,
  baseId: string,
  offered: OfferedBase | null,
) =>
  change(queryClient, (items) =>
    items.map((item) => {
      if (item.id !== connectionId) return item;
      const others = item.bases.filter(({ id }) => id !== baseId);
      return { ...item, bases: offered ? [...others, offered] : others };
    }),
  );
