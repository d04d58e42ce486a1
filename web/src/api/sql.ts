import { queryOptions } from '@tanstack/react-query';
import { get, post } from './client';

export type SqlValue = string | number | null;

export interface SqlAnswer {
  columns: string[];
  rows: SqlValue[][];
  row_count: number;
  truncated: boolean;
  truncated_by?: 'rows' | 'bytes';
  elapsed_ms: number;
}

export interface SqlTable {
  name: string;
  is_link_table: boolean;
  columns: { name: string; type: string }[];
}

export const sqlTables = (baseId: string) =>
  queryOptions({
    queryKey: ['sql-tables', baseId],
    queryFn: ({ signal }) =>
      get<{ items: SqlTable[] }>(`/api/airtable/bases/${baseId}/query/tables`, signal),
  });

export const askSql = (baseId: string, sql: string, maxRows: number) =>
  post<SqlAnswer>(`/api/airtable/bases/${baseId}/query`, { sql, max_rows: maxRows });
