import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { queryText, type RecordChange } from './changes';
import { get, isMissing, post } from './client';
import type { List } from './types';

export type ApprovalState = 'pending' | 'approved' | 'rejected' | 'used' | 'expired';

export interface PlannedTable {
  base: string;
  table: string;
  created: number;
  updated: number;
  deleted: number;
}

export interface ApprovalPlan {
  tables: PlannedTable[];
  schema: string[];
  records: RecordChange[];
  truncated: boolean;
  irreversible: string[];
}

export interface ApprovalSummary {
  id: string;
  tool: string;
  title: string;
  state: ApprovalState;
  created_at: string;
  expires_at: string;
  client: string | null;
}

export interface Approval extends ApprovalSummary {
  plan: ApprovalPlan;
}

/** Whether it still waits for an answer. */
export const isOpen = ({ state, expires_at }: ApprovalSummary, now: number) =>
  state === 'pending' && new Date(expires_at).getTime() > now;

const POLL_MS = 5000;
const ROOT = '/api/saga/approvals';

/** Asked for again and again while the page is visible; a server without approvals is asked once. */
export const approvalHead = queryOptions({
  queryKey: ['approvals-head'],
  queryFn: ({ signal }) => get<List<ApprovalSummary>>(ROOT, signal),
  refetchInterval: ({ state }) => (isMissing(state.error) ? false : POLL_MS),
  staleTime: 0,
  retry: false,
});

export const approvalPages = infiniteQueryOptions({
  queryKey: ['approvals'],
  queryFn: ({ pageParam, signal }) =>
    get<List<ApprovalSummary>>(
      `${ROOT}?${queryText({ cursor: pageParam || undefined })}`.replace(/\?$/, ''),
      signal,
    ),
  initialPageParam: '',
  getNextPageParam: (last) => last.next_cursor,
  refetchInterval: POLL_MS,
  retry: false,
});

export const approval = (id: string) =>
  queryOptions({
    queryKey: ['approval', id],
    queryFn: ({ signal }) => get<Approval>(`${ROOT}/${id}`, signal),
    refetchInterval: ({ state }) =>
      state.data && ['pending', 'approved'].includes(state.data.state) ? POLL_MS : false,
    staleTime: 0,
  });

export const answerApproval = (id: string, answer: 'approve' | 'reject') =>
  post<unknown>(`${ROOT}/${id}/${answer}`);
