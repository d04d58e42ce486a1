export type Role = 'owner' | 'admin' | 'editor' | 'viewer';
export type PermissionLevel = 'read' | 'edit' | 'create';

export interface List<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Problem {
  type?: string;
  title: string;
  status: number;
  code?: string;
  detail?: string;
  next?: string;
  request_id?: string;
  errors?: { field: string; message: string }[];
}

export interface User {
  id: string;
  email: string;
  name: string;
}

export interface Workspace {
  id: string;
  name: string;
  role: Role;
}

export interface Me {
  user: User;
  tenant: { id: string; name: string };
  role: 'owner' | 'admin' | 'member';
  workspaces: Workspace[];
}

export interface Session {
  user: User;
  expires_in: number;
}

export interface OpenSession {
  id: string;
  client: string;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  is_current: boolean;
}

export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  records_changes: boolean;
}

export interface NewApiKey extends ApiKey {
  key: string;
}

export interface Member {
  user_id: string;
  email: string;
  name: string;
  role: Role;
  status: 'active' | 'invited';
}

/** Where the records of a base are kept; a mirror lies at Airtable and is copied here. */
export type BaseSource = 'local' | 'airtable' | 'mirror';

export interface BaseSummary {
  id: string;
  name: string;
  workspace_id: string;
  permission_level: PermissionLevel;
  source: BaseSource;
  /** Not known of bases at Airtable that are not copied, nor the records. */
  table_count: number | null;
  record_count: number | null;
}

export interface Choice {
  id?: string;
  name: string;
  color?: string;
}

export interface FieldConfig {
  type: string;
  options?: FieldOptions | null;
}

export interface FieldOptions {
  choices?: Choice[];
  precision?: number;
  symbol?: string;
  max?: number;
  icon?: string;
  color?: string;
  durationFormat?: string;
  dateFormat?: { name: string; format?: string };
  timeFormat?: { name: string; format?: string };
  timeZone?: string;
  linkedTableId?: string;
  prefersSingleRecordLink?: boolean;
  recordLinkFieldId?: string;
  fieldIdInLinkedTable?: string;
  result?: FieldConfig | null;
  formula?: string;
}

export interface Field extends FieldConfig {
  id: string;
  name: string;
  description?: string;
}

export interface View {
  id: string;
  name: string;
  type: string;
  /** Fields are named by id. */
  filter?: string;
  filterError?: string;
  sort?: { field: string; direction: 'asc' | 'desc' }[];
  hiddenFieldIds?: string[];
  fieldOrder?: string[];
}

export interface Table {
  id: string;
  name: string;
  description?: string;
  primaryFieldId: string;
  fields: Field[];
  views: View[];
  record_count: number;
}

export interface Base {
  id: string;
  name: string;
  workspace_id: string;
  permission_level: PermissionLevel;
  tables: Table[];
}

export interface RecordRow {
  id: string;
  createdTime: string;
  fields: Record<string, unknown>;
}

export type Names = Record<string, string>;

export interface RowPage {
  total: number;
  start: number;
  records: RecordRow[];
  names: Names;
}

export interface Health {
  status: 'ok' | 'degraded' | 'down';
  version: string;
  checks: {
    name: string;
    status: 'ok' | 'degraded' | 'down';
    latency_ms: number;
    detail?: string;
  }[];
}

export interface McpTool {
  name: string;
  title?: string;
  description?: string;
  annotations?: { readOnlyHint?: boolean; destructiveHint?: boolean };
}
