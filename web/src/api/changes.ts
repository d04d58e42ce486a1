import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { get, post } from './client';
import type { List } from './types';

export const ORIGINS = ['tool', 'api', 'app', 'undo', 'saga', 'system'] as const;
export type Origin = (typeof ORIGINS)[number];
export type RecordKind = 'created' | 'updated' | 'deleted';
export type Outcome = 'restored' | 'already' | 'conflict' | 'irreversible';

export interface TableEffect {
  id: string;
  name: string;
  created: number;
  updated: number;
  deleted: number;
}

export interface BaseEffect {
  base_id: string;
  base: string;
  tables: TableEffect[];
  schema: string[];
}

export interface ChangeSet {
  id: string;
  origin: Origin;
  title: string;
  client: string | null;
  user_id: string;
  user: string;
  state: 'open' | 'completed' | 'partial';
  started_at: string;
  finished_at: string | null;
  bases: BaseEffect[];
  created: number;
  updated: number;
  deleted: number;
  undoes: string | null;
  undone_by: string | null;
  undoable_until: string;
}

export interface FieldChange {
  field_id: string;
  field: string;
  before: unknown;
  after: unknown;
}

export interface RecordChange {
  table_id: string;
  table: string;
  record_id: string;
  name: string;
  kind: RecordKind;
  fields: FieldChange[];
}

export interface Conflict {
  code: string;
  field_id?: string;
  field?: string;
  before: unknown;
  current: unknown;
  by?: string;
  at?: string;
}

export interface RevertedRecord {
  base_id: string;
  table_id: string;
  table: string;
  record_id: string;
  new_record_id?: string;
  name: string;
  kind: RecordKind;
  outcome: Outcome;
  conflicts?: Conflict[];
}

export interface UndoReport {
  change_set: string;
  undo: string | null;
  dry_run: boolean;
  totals: Record<Outcome, number>;
  records: RevertedRecord[];
  irreversible: string[];
  failed: { base_id: string; base: string; reason: string }[];
}

/** What to undo of a change set: all, some records, some fields of them. */
export interface UndoScope {
  records?: string[];
  fields?: string[];
}

export interface UndoRequest extends UndoScope {
  force?: boolean;
  dry_run?: boolean;
}

export interface ChangeFilter {
  base?: string;
  origin?: Origin;
  user?: string;
}

const LIST_SIZE = 50;
const RECORDS_SIZE = 50;
const POLL_MS = 4000;
const ROOT = '/api/saga/changes';

export const changePages = (filter: ChangeFilter) =>
  infiniteQueryOptions({
    queryKey: ['changes', filter],
    queryFn: ({ pageParam, signal }) =>
      get<List<ChangeSet>>(listPath(filter, pageParam || undefined), signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
    staleTime: 60_000,
  });

/** The newest change sets, asked for again and again while the page is visible. */
export const changeHead = (filter: ChangeFilter) =>
  queryOptions({
    queryKey: ['changes-head', filter],
    queryFn: ({ signal }) => get<List<ChangeSet>>(listPath(filter), signal),
    refetchInterval: POLL_MS,
    staleTime: 0,
  });

function listPath({ base, origin, user }: ChangeFilter, cursor?: string) {
  return `${ROOT}?${queryText({ base_id: base, origin, user_id: user, limit: LIST_SIZE, cursor })}`;
}

export const change = (id: string) =>
  queryOptions({
    queryKey: ['change', id],
    queryFn: ({ signal }) => get<ChangeSet>(`${ROOT}/${id}`, signal),
    staleTime: 2000,
  });

export const changeRecords = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['change-records', id],
    queryFn: ({ pageParam, signal }) =>
      get<List<RecordChange>>(
        `${ROOT}/${id}/records?${queryText({ limit: RECORDS_SIZE, cursor: pageParam || undefined })}`,
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
  });

export const undoPlan = (id: string, scope: UndoScope = {}) =>
  queryOptions({
    queryKey: ['undo-plan', id, scope],
    queryFn: () => undoChange(id, { ...scope, dry_run: true }),
    staleTime: 0,
    retry: false,
  });

export const undoChange = (id: string, request: UndoRequest) =>
  post<UndoReport>(`${ROOT}/${id}/undo`, request);

/** Change sets that one request may join. */
export const MOST_JOINED = 100;

/** Makes own change sets part of one; joined twice, nothing happens the second time. */
export const joinChanges = (id: string, changes: string[]) =>
  post<ChangeSet>(`${ROOT}/${id}/join`, { changes });

/** What an undo may have changed and must be asked for anew. */
export const CHANGED_BY_UNDO = [
  'changes',
  'changes-head',
  'change',
  'undo-plan',
  'rows',
  'base',
  'bases',
];

export function queryText(parts: Record<string, string | number | undefined>) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parts)) {
    if (value !== undefined) query.set(key, String(value));
  }
  return query.toString();
}
