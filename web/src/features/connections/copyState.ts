import type { Mirror } from '@/api/mirrors';
import { en } from '@/locales/en';
import { timeText } from '@/ui/times';

const t = en.copies.state;

export type Phase = keyof typeof en.copies.phases;

/** A copy that hears by itself is asked for rarely; every other one goes on within seconds. */
const IN_STEP_MS = { notified: 15 * 60_000, asked: 2 * 60_000, looked: 2 * 60_000 };

/** `isAwaited` says that a comparison was asked for which has not been seen to begin. */
export function phaseOf(mirror: Mirror, isAwaited: boolean): Phase {
  if (mirror.is_paused) return 'paused';
  if (mirror.fault !== null) return 'failed';
  if (!mirror.is_complete) return 'copying';
  if (mirror.progress || isAwaited) return 'comparing';
  const { lag_ms: lag, hearing } = mirror;
  return lag !== null && lag <= IN_STEP_MS[hearing] ? 'inStep' : 'behind';
}

/** How a copy stands, in one line. */
export function stateText(mirror: Mirror, phase: Phase): string {
  const { progress, lag_ms: lag } = mirror;
  switch (phase) {
    case 'paused':
      return lag === null || !mirror.is_complete ? t.paused : t.pausedSince(lag);
    case 'failed':
      return [t.failed(mirror.fault ?? ''), progress && progressText(mirror)]
        .filter(Boolean)
        .join('. ');
    case 'copying':
    case 'comparing':
      return progressText(mirror);
    case 'inStep':
      return mirror.hearing === 'notified' ? t.inStepTold(lag ?? 0) : t.inStep(lag ?? 0);
    case 'behind':
      return lag === null ? t.catchingUp : t.behind(lag);
  }
}

function progressText({ progress, is_complete }: Mirror) {
  if (!progress) return is_complete ? t.comparisonBegins : t.begins;
  const { tables_done, tables, records } = progress;
  const table = Math.min(tables_done + 1, tables);
  return (is_complete ? t.comparing : t.copying)(table, tables, records);
}

/** How it hears of changes, and what was found when all was last compared. */
export function factsText({ hearing, compared_at, drift, is_complete }: Mirror, now: number) {
  const heard = en.copies.hearing[hearing];
  if (!is_complete || compared_at === null) return heard;
  return `${heard} ${en.copies.compared(timeText(compared_at, now), drift)}`;
}
