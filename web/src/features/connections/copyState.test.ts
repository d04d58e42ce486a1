import { expect, it } from 'vitest';
import type { Mirror } from '@/api/mirrors';
import { factsText, phaseOf, stateText } from './copyState';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const whole: Mirror = {
  is_complete: true,
  is_paused: false,
  progress: null,
  hearing: 'asked',
  lag_ms: 3200,
  followed_at: '2026-11-26T11:59:57Z',
  compared_at: '2026-11-26T11:50:00Z',
  drift: 0,
  fault: null,
  made_at: '2026-11-26T11:00:00Z',
};
const progress = { tables_done: 1, tables: 5, records: 12_300 };

const line = (over: Partial<Mirror>, isAwaited = false) => {
  const mirror = { ...whole, ...over };
  return stateText(mirror, phaseOf(mirror, isAwaited));
};

it('tells how far a copy or comparison is', () => {
  const fresh = { is_complete: false, lag_ms: null, compared_at: null };
  expect(line(fresh)).toBe('Copying is about to begin');
  expect(line({ ...fresh, progress })).toBe('Copying: table 2 of 5, 12,300 records');
  expect(line({ progress })).toBe('Comparing: table 2 of 5, 12,300 records');
  const last = { tables_done: 5, tables: 5, records: 1 };
  expect(line({ progress: last })).toBe('Comparing: table 5 of 5, 1 record');
});

it('says that a comparison is to come before the server has begun it', () => {
  expect(line({}, true)).toBe('Comparing is about to begin');
});

it('tells how far behind a copy is', () => {
  expect(line({})).toBe('In step, 3 seconds behind');
  expect(line({ lag_ms: 400 })).toBe('In step');
  expect(line({ lag_ms: 3 * 60_000 })).toBe('3 minutes behind');
  expect(line({ lag_ms: null })).toBe('Catching up with Airtable');
});

it('does not call a copy behind that hears by itself', () => {
  expect(line({ hearing: 'notified' })).toBe('In step');
  expect(line({ hearing: 'notified', lag_ms: 8 * 60_000 })).toBe(
    'In step; Airtable was last asked 8 minutes ago',
  );
});

it('puts a pause before a fault, and a fault before all else', () => {
  const failed = { fault: 'Airtable does not answer' };
  expect(line(failed)).toBe('It did not work and is tried again: Airtable does not answer');
  expect(line({ ...failed, progress })).toBe(
    'It did not work and is tried again: Airtable does not answer. Comparing: table 2 of 5, 12,300 records',
  );
  expect(line({ ...failed, is_paused: true })).toBe('Paused; last in step 3 seconds ago');
  expect(line({ is_paused: true, is_complete: false })).toBe('Paused');
});

it('tells how a copy hears of changes and what the last comparison found', () => {
  expect(factsText({ ...whole, compared_at: null }, NOW)).toBe(
    'Airtable notes changes, and is asked for them every few seconds.',
  );
  const found = factsText({ ...whole, hearing: 'notified', drift: 2 }, NOW);
  expect(found).toBe(
    'Airtable tells of changes by itself. Compared 10 min ago: 2 records differed and were mended.',
  );
  expect(factsText(whole, NOW)).toContain('10 min ago: no record differed.');
});
