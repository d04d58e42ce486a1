import type { RunState, Saga, SagaStep } from '@/api/sagas';
import { en } from '@/locales/en';
import { Tag, type Tone } from '@/ui/Tag';
import { placeOf, type StepPlace } from './stepTimes';

const TONES: Record<RunState, Tone> = {
  pending: 'neutral',
  running: 'accent',
  waiting: 'accent',
  compensating: 'warning',
  needs_attention: 'danger',
  completed: 'good',
  compensated: 'neutral',
  resolved: 'neutral',
};

export function StateTag({ state }: { state: RunState }) {
  return <Tag tone={TONES[state]}>{en.sagas.states[state]}</Tag>;
}

const STEP_TONES: Record<StepPlace, Tone> = {
  ahead: 'neutral',
  now: 'accent',
  good: 'good',
  back: 'neutral',
  bad: 'danger',
  out: 'neutral',
};

export function StepTag({ step, run }: { step: SagaStep; run: Saga }) {
  const place = placeOf(step, run);
  const { states, again, waits, notBegun } = en.sagas.step;
  const isAgain = step.status === 'planned' && step.attempts > 0;
  const isWait = step.status === 'pending' && place === 'now';
  const isTooLate = step.status === 'pending' && place === 'out';
  const text = isAgain ? again : isWait ? waits : isTooLate ? notBegun : states[step.status];
  return <Tag tone={STEP_TONES[place]}>{text}</Tag>;
}
