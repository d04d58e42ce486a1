import { queryOptions } from '@tanstack/react-query';
import { get } from './client';

export type Cardinality = 'one_to_one' | 'one_to_many' | 'many_to_one' | 'many_to_many';
export const SEVERITIES = ['error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];
export type Category =
  | 'structure'
  | 'normalization'
  | 'field_types'
  | 'relationships'
  | 'performance'
  | 'data_quality'
  | 'naming_conventions'
  | 'indexing';

export interface TableAnalysis {
  id: string;
  name: string;
  record_count: number;
  field_types: Record<string, number>;
  fields: { id: string; name: string }[];
}

export interface Relationship {
  from_table_id: string;
  from_field_id: string;
  from_field: string;
  to_table_id: string;
  to_field_id: string | null;
  to_field: string | null;
  cardinality: Cardinality;
  declared: Cardinality;
  link_count: number;
  most_from: number;
  most_to: number;
}

export interface ComputedField {
  table_id: string;
  field_id: string;
  name: string;
  type: string;
  depends_on: string[];
  depth: number | null;
  is_valid: boolean;
}

export interface Finding {
  code: string;
  category: Category;
  severity: Severity;
  table_id: string | null;
  table: string | null;
  field_ids: string[];
  fields: string[];
  message: string;
  evidence: { numbers: Record<string, number>; record_ids: string[] };
  suggestion: string;
}

export interface BaseAnalysis {
  base_id: string;
  base: string;
  seq: number;
  tables: TableAnalysis[];
  relationships: Relationship[];
  computed: ComputedField[];
  findings: Finding[];
  findings_left_out: number;
}

/** Looked at anew on each visit: the server keeps the answer as long as nothing was written. */
export const analysis = (baseId: string) =>
  queryOptions({
    queryKey: ['analysis', baseId],
    queryFn: ({ signal }) => get<BaseAnalysis>(`/api/airtable/bases/${baseId}/analysis`, signal),
    staleTime: 0,
  });
