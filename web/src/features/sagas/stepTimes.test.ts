import { expect, it } from 'vitest';
import type { SagaStep, StoryLine } from '@/api/sagas';
import { placeOf, stepTimes } from './stepTimes';

const line = (seq: number, step: string | null, event = 'step_done'): StoryLine => ({
  seq,
  at: `2026-11-25T12:00:0${seq}Z`,
  event,
  step,
  text: '',
});

it('knows when each step was first and last heard of', () => {
  const story = [
    line(1, null),
    line(2, 'a'),
    line(3, 'b'),
    line(4, 'a'),
    line(5, 'b', 'comp_done'),
  ];
  const times = stepTimes(story);
  expect(times.get('a')).toEqual({
    forward: { from: '2026-11-25T12:00:02Z', to: '2026-11-25T12:00:04Z' },
  });
  expect(times.get('b')?.back?.to).toBe('2026-11-25T12:00:05Z');
  expect(times.get('b')?.forward?.to).toBe('2026-11-25T12:00:03Z');
  expect(times.size).toBe(2);
});

it('shows a wait that has begun as the place where the run is', () => {
  const wait = { id: 'pause', status: 'pending' } as SagaStep;
  expect(placeOf(wait, { status: 'waiting', waits_for: 'pause' })).toBe('now');
  expect(placeOf(wait, { status: 'waiting', waits_for: 'other' })).toBe('ahead');
});

it('does not promise a step that will not come any more', () => {
  const last = { id: 'last', status: 'pending' } as SagaStep;
  expect(placeOf(last, { status: 'running', waits_for: null })).toBe('ahead');
  expect(placeOf(last, { status: 'compensating', waits_for: null })).toBe('out');
});
