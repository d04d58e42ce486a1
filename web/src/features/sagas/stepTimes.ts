import type { RunState, Saga, SagaStep, StoryLine } from '@/api/sagas';

export interface Span {
  from: string;
  to: string;
}

export interface StepTimes {
  forward?: Span;
  back?: Span;
}

/** When each step was first and last heard of, on the way forward and on the way back. */
export function stepTimes(story: StoryLine[]) {
  const times = new Map<string, StepTimes>();
  for (const { step, at, event } of story) {
    if (!step) continue;
    const way = event.startsWith('comp_') ? 'back' : 'forward';
    const known = times.get(step);
    times.set(step, { ...known, [way]: { from: known?.[way]?.from ?? at, to: at } });
  }
  return times;
}

export type StepPlace = 'ahead' | 'now' | 'good' | 'back' | 'bad' | 'out';

const WILL_GO_ON: RunState[] = ['pending', 'running', 'waiting', 'needs_attention'];

/** How a step looks in the timeline. */
export function placeOf({ status, id }: SagaStep, run: Pick<Saga, 'status' | 'waits_for'>) {
  const isAtWait = run.status === 'waiting' && run.waits_for === id;
  const places: Record<SagaStep['status'], StepPlace> = {
    pending: isAtWait ? 'now' : WILL_GO_ON.includes(run.status) ? 'ahead' : 'out',
    planned: 'now',
    intent: 'now',
    unknown: 'bad',
    done: 'good',
    failed: 'bad',
    skipped: 'out',
    comp_intent: 'now',
    compensated: 'back',
    comp_conflict: 'bad',
    comp_failed: 'bad',
    irreversible: 'out',
  };
  return places[status];
}
