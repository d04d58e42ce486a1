import { queryOptions } from '@tanstack/react-query';
import { get, post, put, remove } from './client';
import type { List } from './types';

/** What the token may do with a base, as Airtable names it. */
export type BaseLevel = 'read' | 'comment' | 'edit' | 'create';

/** How a base at Airtable is offered through this server. */
export type Access = 'read' | 'write';

export interface OfferedBase {
  id: string;
  name: string;
  access: Access;
  level: BaseLevel;
}

/** An account at Airtable, as the token of somebody there reaches it. */
export interface Connection {
  id: string;
  workspace_id: string;
  name: string;
  /** The last four characters; empty where the token was too short to show any. */
  token_end: string;
  account: string;
  email: string | null;
  /** `null` where Airtable did not tell. */
  scopes: string[] | null;
  made_at: string;
  bases: OfferedBase[];
}

export interface ReachedBase {
  id: string;
  name: string;
  permission_level: BaseLevel;
}

const ROOT = '/api/airtable/connections';

export const connections = queryOptions({
  queryKey: ['connections'],
  queryFn: ({ signal }) => get<List<Connection>>(ROOT, signal),
});

/** Asked of Airtable itself, which may take seconds: not again with each look, nor silently after a failure. */
export const reachedBases = (connectionId: string) =>
  queryOptions({
    queryKey: ['reached-bases', connectionId],
    queryFn: ({ signal }) => get<List<ReachedBase>>(`${ROOT}/${connectionId}/bases`, signal),
    staleTime: 5 * 60_000,
    refetchOnWindowFocus: false,
    retry: false,
  });

export interface NewConnection {
  workspace_id: string;
  name: string;
  token: string;
}

export const connect = (values: NewConnection) => post<Connection>(ROOT, values);

export const disconnect = (connectionId: string) => remove(`${ROOT}/${connectionId}`);

export const offerBase = (connectionId: string, baseId: string, access: Access) =>
  put<OfferedBase>(`${ROOT}/${connectionId}/bases/${baseId}`, { access });

export const withdrawBase = (connectionId: string, baseId: string) =>
  remove(`${ROOT}/${connectionId}/bases/${baseId}`);
