import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { queryText } from './changes';
import { get, isMissing, post, put } from './client';
import type { List } from './types';

export const RUN_STATES = [
  'pending',
  'running',
  'waiting',
  'compensating',
  'needs_attention',
  'completed',
  'compensated',
  'resolved',
] as const;
export type RunState = (typeof RUN_STATES)[number];

export type StepState =
  | 'pending'
  | 'planned'
  | 'intent'
  | 'unknown'
  | 'done'
  | 'failed'
  | 'skipped'
  | 'comp_intent'
  | 'compensated'
  | 'comp_conflict'
  | 'comp_failed'
  | 'irreversible';

export type StepKind = 'C' | 'P' | 'R' | 'N';
export type Assurance = 'verified' | 'keyed' | 'reconciled' | 'unverified';
export type RunAction = 'cancel' | 'compensate' | 'continue' | 'abandon';
export type StepAction =
  | 'retry_step'
  | 'retry_compensation'
  | 'mark_done'
  | 'mark_compensated'
  | 'skip';

export interface Failure {
  code: string;
  message: string;
  next: string;
}

export interface Saga {
  saga_id: string;
  definition: string;
  version: number;
  status: RunState;
  current_step: string | null;
  steps_done: number;
  total_steps: number;
  input: unknown;
  output: unknown;
  error: Failure | null;
  waits_for: string | null;
  asks: OpenQuestion | null;
  next_at: string | null;
  started_by: { user_id: string; name: string | null };
  started_at: string;
  cancel_requested_at: string | null;
  ended_at: string | null;
  outer_saga_id: string | null;
  actions: RunAction[];
}

/** What a run asks people now. */
export interface OpenQuestion {
  step: string;
  message: string | null;
  until: string;
  may_answer: boolean;
}

/** A question to people, and what they said so far. */
export interface AskedPeople {
  message: string | null;
  people: { user_id: string; name: string | null }[];
  role: string | null;
  quorum: number;
  outcome: 'reject' | 'approve';
  until: string | null;
  answers: {
    user_id: string;
    name: string;
    approved: boolean;
    reason: string | null;
    at: string;
  }[];
  may_answer: boolean;
  plan: (StepDefinition & { arguments: Record<string, unknown> })[];
}

export interface SagaStep {
  id: string;
  kind: StepKind;
  action: string;
  status: StepState;
  assurance: Assurance | null;
  compensation: string | null;
  attempts: number;
  result: unknown;
  error: Failure | null;
  inner_saga_id: string | null;
  change_set_id: string | null;
  approval: AskedPeople | null;
  actions: StepAction[];
}

export interface StoryLine {
  seq: number;
  at: string;
  event: string;
  step: string | null;
  text: string;
}

export interface StepDefinition {
  id: string;
  kind: StepKind;
  action: Record<string, unknown>;
}

export interface Definition {
  workspace_id: string;
  description?: string;
  steps: StepDefinition[];
}

export interface SavedDefinition {
  name: string;
  version: number;
  saved_at: string;
  definition: Definition;
}

export interface Template {
  name: string;
  description: string;
  input: string[];
  definition: Omit<Definition, 'workspace_id'>;
}

export interface SagaFilter {
  status?: RunState;
  definition?: string;
  waiting_for?: 'me';
}

export interface Decision {
  action: RunAction | StepAction;
  step?: string;
  reason?: string;
  evidence?: { base_id: string; table_id: string; record_id: string };
}

const LIST_SIZE = 30;
const POLL_MS = 4000;
const HEAD_POLL_MS = 5000;
const ROOT = '/api/saga';

/** The lists of this file go by `id`, as every live list does. */
export type ListedSaga = Saga & { id: string };

async function list(filter: SagaFilter, cursor?: string, signal?: AbortSignal) {
  const query = queryText({ ...filter, limit: LIST_SIZE, cursor });
  const page = await get<List<Saga>>(`${ROOT}/runs?${query}`, signal);
  return { ...page, items: page.items.map((run) => ({ ...run, id: run.saga_id })) };
}

export const sagaPages = (filter: SagaFilter) =>
  infiniteQueryOptions({
    queryKey: ['sagas', filter],
    queryFn: ({ pageParam, signal }) => list(filter, pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
    staleTime: 60_000,
  });

/** The newest runs, asked for again and again while the page is visible. */
export const sagaHead = (filter: SagaFilter) =>
  queryOptions({
    queryKey: ['sagas-head', filter],
    queryFn: ({ signal }) => list(filter, undefined, signal),
    refetchInterval: POLL_MS,
    staleTime: 0,
  });

/** Runs that need a person; a server without sagas is asked once. */
export const sagasInNeed = queryOptions({
  queryKey: ['sagas-head', 'in-need'],
  queryFn: ({ signal }) => list({ status: 'needs_attention' }, undefined, signal),
  refetchInterval: ({ state }) => (isMissing(state.error) ? false : HEAD_POLL_MS),
  staleTime: 0,
  retry: false,
});

export const ASKING_ME: SagaFilter = { waiting_for: 'me' };

/** Runs that wait for the caller's own word; a server without sagas is asked once. */
export const sagasAskingMe = queryOptions({
  queryKey: ['sagas-head', ASKING_ME],
  queryFn: ({ signal }) => list(ASKING_ME, undefined, signal),
  refetchInterval: ({ state }) => (isMissing(state.error) ? false : HEAD_POLL_MS),
  staleTime: 0,
  retry: false,
});

/** The run's question, while the caller may answer it. */
export const questionToMe = ({ asks }: Saga, now: number) =>
  asks?.may_answer && new Date(asks.until).getTime() > now ? asks : undefined;

export const isOver = (status: RunState) =>
  status === 'completed' || status === 'compensated' || status === 'resolved';

/** How often a run is looked at: quickly while it moves, not at all once nothing moves it. */
export function pollOf(status: RunState | undefined) {
  if (!status || isOver(status)) return false;
  return status === 'needs_attention' || status === 'waiting' ? HEAD_POLL_MS : 2000;
}

export const saga = (id: string) =>
  queryOptions({
    queryKey: ['saga', id],
    queryFn: ({ signal }) => get<Saga>(`${ROOT}/runs/${id}`, signal),
    refetchInterval: ({ state }) => (state.error ? false : pollOf(state.data?.status)),
    staleTime: 0,
  });

export const sagaSteps = (id: string) =>
  queryOptions({
    queryKey: ['saga', id, 'steps'],
    queryFn: ({ signal }) => get<List<SagaStep>>(`${ROOT}/runs/${id}/steps`, signal),
    staleTime: 0,
  });

export const sagaStory = (id: string) =>
  queryOptions({
    queryKey: ['saga', id, 'story'],
    queryFn: ({ signal }) => get<List<StoryLine>>(`${ROOT}/runs/${id}/events`, signal),
    staleTime: 0,
  });

export const definitions = queryOptions({
  queryKey: ['saga-definitions'],
  queryFn: ({ signal }) => get<List<SavedDefinition>>(`${ROOT}/definitions`, signal),
});

export const templates = queryOptions({
  queryKey: ['saga-templates'],
  queryFn: ({ signal }) => get<List<Template>>(`${ROOT}/templates`, signal),
  staleTime: 10 * 60_000,
});

export const saveDefinition = (name: string, definition: Definition) =>
  put<SavedDefinition>(`${ROOT}/definitions/${encodeURIComponent(name)}`, definition);

/** The same start with the same key once more finds the first run. */
export const startSaga = (definition: string, input: unknown, key: string) =>
  post<Saga>(`${ROOT}/start`, { definition, input }, { 'Idempotency-Key': key });

export function decideSaga(id: string, { action, ...rest }: Decision) {
  const root = `${ROOT}/runs/${id}`;
  if (action === 'cancel') return post<Saga>(`${root}/cancel`);
  if (action === 'compensate') return post<Saga>(`${root}/compensate`, { reason: rest.reason });
  return post<Saga>(`${root}/resolve`, { action, ...rest });
}

export type Verdict = 'approve' | 'reject';

/** A person's answer to a step that asks; the same once more changes nothing. */
export const answerSaga = (id: string, step: string, decision: Verdict, reason?: string) =>
  post<Saga>(`${ROOT}/runs/${id}/approvals/${encodeURIComponent(step)}`, { decision, reason });

/** What a decision about a run may have changed. */
export const CHANGED_BY_DECISION = ['saga', 'sagas', 'sagas-head', 'changes-head', 'rows'];
