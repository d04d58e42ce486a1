import type { Decision, Saga, SagaStep, StepAction } from '@/api/sagas';
import { en } from '@/locales/en';

const t = en.sagas.dialog;

type Action = Decision['action'];

/** Sentences about what a decision leads to, as the kernel will carry it out. */
export function consequences(
  action: Action,
  steps: SagaStep[],
  run: Pick<Saga, 'current_step'>,
  stepId?: string,
): string[] {
  const step = steps.find(({ id }) => id === stepId);
  switch (action) {
    case 'cancel':
    case 'compensate':
      return goingBack(steps);
    case 'continue':
      return [t.goesOn(run.current_step)];
    case 'abandon':
      return [kept(steps), t.endsForEver];
    case 'retry_step':
      return [t.sendsAgain[wayOf(step)], t.thenOn];
    case 'retry_compensation':
      return [t.backAgain(how(step)), t.backAgainHint, t.thenBack];
    case 'mark_done':
      return [t.isDone, isBack(steps) ? t.thenBack : t.thenOn];
    case 'mark_compensated':
      return [t.isBack, t.thenBack];
    case 'skip':
      return skipping(step, steps);
  }
}

/** A step whose answer is lost may have happened, unless the receiver tells a second one apart. */
function wayOf(step: SagaStep | undefined): keyof typeof t.sendsAgain {
  const isLost = step?.status === 'unknown' || step?.status === 'intent';
  if (isLost && (step?.assurance === 'verified' || step?.assurance === 'reconciled')) return 'lost';
  return step?.assurance ?? 'none';
}

const isBack = (steps: SagaStep[]) =>
  steps.some(({ status }) => status.startsWith('comp') || status === 'irreversible');

function skipping(step: SagaStep | undefined, steps: SagaStep[]) {
  if (step?.status.startsWith('comp_')) return [t.leavesBack, t.thenBack];
  return [t.leavesOut, isBack(steps) ? t.thenBack : t.thenOn];
}

function how(step: SagaStep | undefined) {
  return step?.compensation && step.compensation !== 'undo' ? step.compensation : t.undoWord;
}

const named = (steps: SagaStep[], ...states: SagaStep['status'][]) =>
  steps.filter(({ status, kind }) => states.includes(status) && kind !== 'N').map(({ id }) => id);

/** The newest first, as it is done; what others changed stays theirs. */
function goingBack(steps: SagaStep[]) {
  const done = steps.filter(({ status, kind }) => status === 'done' && kind !== 'N').reverse();
  const underWay = named(steps, 'intent', 'unknown');
  const toCome = named(steps, 'pending', 'planned');
  const lines = done.map((step) =>
    step.kind === 'C' ? t.takesBack(step.id, how(step)) : t.stays(step.id),
  );
  return [
    ...(underWay.length > 0 ? [t.settled(underWay)] : []),
    ...(lines.length > 0 ? lines : underWay.length > 0 ? [] : [t.nothingBack]),
    ...(toCome.length > 0 ? [t.neverBegins(toCome)] : []),
    ...(done.some(({ compensation }) => compensation === 'undo') ? [t.conflicts] : []),
  ];
}

function kept(steps: SagaStep[]) {
  const left = named(steps, 'done', 'irreversible', 'comp_conflict', 'comp_failed', 'comp_intent');
  return left.length > 0 ? t.keeps(left) : t.keepsNothing;
}

/** Whether others read why; the kernel keeps no reason for a cancel. */
export const needsReason = (action: Action) => action !== 'cancel';

export const isGrave = (action: Action) =>
  ['cancel', 'compensate', 'abandon', 'skip'].includes(action);

export function titleOf(action: Action, step: string) {
  const title = t.titles[action];
  return typeof title === 'string' ? title : title(step);
}

export function doneText(action: Action) {
  return action in t.done ? t.done[action as keyof typeof t.done] : t.done.other;
}

/** The gravest last. */
const ORDER: StepAction[] = [
  'retry_step',
  'retry_compensation',
  'mark_done',
  'mark_compensated',
  'skip',
];
export const ordered = (actions: StepAction[]) => ORDER.filter((each) => actions.includes(each));
