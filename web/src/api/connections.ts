import { queryOptions } from '@tanstack/react-query';
import { get, post, put, remove } from './client';
import type { List, Table } from './types';

/** What the token may do with a base, as Airtable names it. */
export type BaseLevel = 'read' | 'comment' | 'edit' | 'create';

/** How a base at Airtable is offered through this server. */
export type Access = 'read' | 'write';

/** Who answers questions about an offered base: Airtable each time, or a copy here. */
export type OfferMode = 'proxy' | 'mirror';

/** What of a copied base is not for its members, by id. */
export interface Hidden {
  tables: string[];
  fields: string[];
}

export interface OfferedBase {
  id: string;
  name: string;
  access: Access;
  level: BaseLevel;
  mode: OfferMode;
  hidden: Hidden;
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

/** A table at Airtable, whether it is hidden or not. */
export type ReachedTable = Omit<Table, 'record_count'>;

/** What goes on between the instance that answers and an offered base. */
export interface Traffic {
  /** Requests to Airtable in the last minute, and how many it takes. */
  sent: number;
  most: number;
  waiting: number;
  /** Of the requests of the last minute. */
  longest_wait_ms: number;
  /** Until Airtable takes requests again; 0 where it does. */
  shut_seconds: number;
  /** Questions of the last hour, answered from here and by Airtable. */
  kept: number;
  asked: number;
}

const ROOT = '/api/airtable/connections';
const TRAFFIC_MS = 10_000;

export const traffic = (connectionId: string, baseId: string) =>
  queryOptions({
    queryKey: ['traffic', connectionId, baseId],
    queryFn: ({ signal }) =>
      get<Traffic>(`${ROOT}/${connectionId}/bases/${baseId}/traffic`, signal),
    refetchInterval: TRAFFIC_MS,
    staleTime: 0,
  });

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

/** Never from memory: what somebody added at Airtable meanwhile may have to be hidden too. */
export const reachedTables = (connectionId: string, baseId: string) =>
  queryOptions({
    queryKey: ['reached-tables', connectionId, baseId],
    queryFn: ({ signal }) =>
      get<List<ReachedTable>>(`${ROOT}/${connectionId}/bases/${baseId}/tables`, signal),
    gcTime: 0,
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

/** What is absent stays as it is. */
export interface Offer {
  access: Access;
  mode?: OfferMode;
  hidden?: Hidden;
}

export const offerBase = (connectionId: string, baseId: string, offer: Offer) =>
  put<OfferedBase>(`${ROOT}/${connectionId}/bases/${baseId}`, offer);

export const withdrawBase = (connectionId: string, baseId: string) =>
  remove(`${ROOT}/${connectionId}/bases/${baseId}`);
