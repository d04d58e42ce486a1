import { expect, it } from 'vitest';
import { durationText, span } from './duration';

it('shows the two largest units', () => {
  expect(durationText(420)).toBe('under 1 s');
  expect(durationText(12_900)).toBe('12 s');
  expect(durationText(3 * 60_000 + 4000)).toBe('3 min 4 s');
  expect(durationText(2 * 3_600_000 + 59_000)).toBe('2 h');
  expect(durationText(2 * 3_600_000 + 5 * 60_000)).toBe('2 h 5 min');
  expect(durationText(3 * 86_400_000 + 4 * 3_600_000)).toBe('3 d 4 h');
});

it('measures between two times', () => {
  expect(span('2026-11-25T12:00:00Z', '2026-11-25T12:00:05Z')).toBe(5000);
});
