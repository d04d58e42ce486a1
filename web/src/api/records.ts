import { ApiError, patch, post } from './client';
import type { Field, FieldOptions, Names, RecordRow, Table } from './types';

export interface TableKey {
  baseId: string;
  tableId: string;
}

/** Cells by field id; null clears one. */
export type Cells = Record<string, unknown>;

export interface WrittenRecords {
  change_set_id: string | null;
  records: RecordRow[];
  names: Names;
}

export interface GoneRecords {
  change_set_id: string | null;
  ids: string[];
}

export interface WrittenField {
  change_set_id: string | null;
  field: Field;
}

export interface NewField {
  name: string;
  type: string;
  description?: string;
  options?: FieldOptions;
}

export interface NewTable {
  name: string;
  fields: NewField[];
}

export interface WrittenTable {
  change_set_id: string | null;
  table: Omit<Table, 'record_count'>;
}

/** Records that one request may write. */
export const MOST_RECORDS = 500;
const TRANSIENT = [0, 502, 503, 504];
const RETRY_MS = [300, 1200];

export const tablePath = ({ baseId, tableId }: TableKey) =>
  `/api/airtable/bases/${baseId}/tables/${tableId}`;

/** Under a key of the caller's they are made once however often it is called. */
export const createRecords = (table: TableKey, records: Cells[], key?: string) =>
  once((headers) => {
    const body = { records: records.map((fields) => ({ fields })), typecast: true };
    return post<WrittenRecords>(`${tablePath(table)}/records`, body, headers);
  }, key);

export const updateRecords = (
  table: TableKey,
  records: { id: string; fields: Cells }[],
  typecast: boolean,
) =>
  once((headers) =>
    patch<WrittenRecords>(`${tablePath(table)}/records`, { records, typecast }, headers),
  );

export const deleteRecords = (table: TableKey, ids: string[]) =>
  once((headers) => post<GoneRecords>(`${tablePath(table)}/records/delete`, { ids }, headers));

export const createTable = (baseId: string, table: NewTable) =>
  once((headers) => post<WrittenTable>(`/api/airtable/bases/${baseId}/tables`, table, headers));

/** Fields that suit columns of text, ready to be made. */
export const guessFields = (header: string[], rows: string[][]) =>
  post<{ fields: NewField[] }>('/api/airtable/fields/guess', { header, rows });

export const createField = (table: TableKey, field: NewField) =>
  once((headers) => post<WrittenField>(`${tablePath(table)}/fields`, field, headers));

export interface FieldChange extends Partial<NewField> {
  /** Choices that are left out are taken out of the records too. */
  clear_cells?: boolean;
}

export const updateField = (table: TableKey, fieldId: string, change: FieldChange) =>
  once((headers) => patch<WrittenField>(`${tablePath(table)}/fields/${fieldId}`, change, headers));

/** Sends a write again when its answer got lost; under one key the server carries it out once. */
export async function once<T>(
  send: (headers: Record<string, string>) => Promise<T>,
  key = freshKey(),
): Promise<T> {
  const headers = { 'Idempotency-Key': key };
  for (const wait of RETRY_MS) {
    try {
      return await send(headers);
    } catch (error) {
      if (!(error instanceof ApiError) || !TRANSIENT.includes(error.status)) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return send(headers);
}

/** Not `randomUUID`, which browsers have on https and localhost only. */
export function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
