import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { type FieldChange, queryText, type RecordKind } from './changes';
import { get } from './client';
import type { List } from './types';

/** An entry of a base's change log. */
export interface BaseChange {
  seq: number;
  transaction_id: string;
  at: string;
  by: { id: string; name: string | null; email: string | null };
  client: string | null;
  kind: RecordKind | 'schema';
  table_id: string | null;
  table: string | null;
  record_id: string | null;
  name: string | null;
  images: 'kept' | 'erased';
  fields: FieldChange[];
  schema: string[];
}

/** With an id that sorts as the entries were written. */
export interface ListedChange extends BaseChange {
  id: string;
}

export interface RecordKey {
  baseId: string;
  tableId: string;
  recordId: string;
}

const PAGE_SIZE = 20;
const POLL_MS = 4000;
/** As many digits as the largest number that the page can hold. */
const ID_DIGITS = 16;

export const recordChangePages = (key: RecordKey) =>
  infiniteQueryOptions({
    queryKey: ['record-changes', key],
    queryFn: ({ pageParam, signal }) => load(key, pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
    staleTime: 60_000,
  });

/** The newest changes, asked for again and again while the page is visible. */
export const recordChangeHead = (key: RecordKey) =>
  queryOptions({
    queryKey: ['record-changes-head', key],
    queryFn: ({ signal }) => load(key, undefined, signal),
    refetchInterval: POLL_MS,
    staleTime: 0,
  });

async function load(key: RecordKey, cursor: string | undefined, signal: AbortSignal) {
  const { baseId, tableId, recordId } = key;
  const path = `/api/airtable/bases/${baseId}/tables/${tableId}/records/${recordId}/changes`;
  const list = await get<List<BaseChange>>(
    `${path}?${queryText({ limit: PAGE_SIZE, cursor })}`,
    signal,
  );
  const listed = (change: BaseChange): ListedChange => ({
    ...change,
    id: String(change.seq).padStart(ID_DIGITS, '0'),
  });
  return { ...list, items: list.items.map(listed) };
}
