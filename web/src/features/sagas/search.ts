import { RUN_STATES, type RunState, type SagaFilter } from '@/api/sagas';

/** Filters as they stand in the address; `start` holds the start dialog open, with what it starts. */
export interface SagasSearch {
  state?: RunState;
  definition?: string;
  start?: string;
}

export function parseSearch(search: Record<string, unknown>): SagasSearch {
  return {
    state: RUN_STATES.find((state) => state === search.state),
    definition: text(search.definition) || undefined,
    start: text(search.start),
  };
}

function text(value: unknown) {
  return typeof value === 'string' ? value : undefined;
}

export function filterOf({ state, definition }: SagasSearch): SagaFilter {
  return { status: state, definition };
}
