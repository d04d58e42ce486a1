import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get, post } from './client';
import type {
  ApiKey,
  Base,
  BaseSummary,
  Health,
  List,
  McpTool,
  Me,
  Member,
  OpenSession,
  RowPage,
} from './types';

export const PAGE_SIZE = 200;

export const authState = queryOptions({
  queryKey: ['auth-state'],
  queryFn: ({ signal }) => get<{ setup_required: boolean }>('/api/auth/state', signal),
  staleTime: 0,
});

export const me = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => get<Me>('/api/auth/me', signal),
  staleTime: 5 * 60_000,
});

export const apiKeys = queryOptions({
  queryKey: ['api-keys'],
  queryFn: ({ signal }) => get<List<ApiKey>>('/api/auth/keys', signal),
});

export const sessions = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => get<List<OpenSession>>('/api/auth/sessions', signal),
});

export const members = (workspaceId: string) =>
  queryOptions({
    queryKey: ['members', workspaceId],
    queryFn: ({ signal }) => get<List<Member>>(`/api/workspaces/${workspaceId}/members`, signal),
    placeholderData: keepPreviousData,
  });

export const bases = queryOptions({
  queryKey: ['bases'],
  queryFn: ({ signal }) => get<List<BaseSummary>>('/api/airtable/bases', signal),
});

/** Those whose tables this server knows, so that they can be opened and chosen from. */
export const localBases = queryOptions({
  ...bases,
  select: ({ items }: List<BaseSummary>) => items.filter(({ source }) => source !== 'airtable'),
});

export const base = (baseId: string) =>
  queryOptions({
    queryKey: ['base', baseId],
    queryFn: ({ signal }) => get<Base>(`/api/airtable/bases/${baseId}`, signal),
  });

export interface RowsKey {
  baseId: string;
  tableId: string;
  sort: string;
  /** A formula; empty is none. */
  filter: string;
}

export const rows = (key: RowsKey, page: number) =>
  queryOptions({
    queryKey: ['rows', key.baseId, key.tableId, key.sort, key.filter, page],
    queryFn: ({ signal }) => get<RowPage>(rowsPath(key, page), signal),
    staleTime: 60_000,
  });

function rowsPath({ baseId, tableId, sort, filter }: RowsKey, page: number) {
  const query = new URLSearchParams({
    start: String(page * PAGE_SIZE),
    limit: String(PAGE_SIZE),
  });
  if (sort) query.set('sort', sort);
  if (filter) query.set('filter', filter);
  return `/api/airtable/bases/${baseId}/tables/${tableId}/rows?${query}`;
}

export const health = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => get<Health>('/api/health', signal),
  refetchInterval: 30_000,
});

export const mcpTools = queryOptions({
  queryKey: ['mcp-tools'],
  queryFn: () => post<{ tools: McpTool[] }>('/api/mcp/tools/list'),
  staleTime: 10 * 60_000,
});
