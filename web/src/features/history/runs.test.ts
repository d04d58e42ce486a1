import { expect, it } from 'vitest';
import type { ChangeSet } from '@/api/changes';
import { runs } from './runs';

const START = Date.parse('2026-11-25T12:00:00Z');

/** Newest first, as the list comes. */
function change(minutesAgo: number, over: Partial<ChangeSet> = {}): ChangeSet {
  return {
    id: `chg${minutesAgo}`,
    origin: 'api',
    title: 'patch',
    client: 'pyairtable/3.1',
    user_id: 'usr1',
    user: 'Olga',
    state: 'completed',
    started_at: new Date(START - minutesAgo * 60_000).toISOString(),
    finished_at: null,
    bases: [
      {
        base_id: 'app1',
        base: 'Launch',
        tables: [{ id: 'tbl1', name: 'Tasks', created: 0, updated: 1, deleted: 0 }],
        schema: [],
      },
    ],
    created: 0,
    updated: 1,
    deleted: 0,
    undoes: null,
    undone_by: null,
    undoable_until: '2026-12-25T12:00:00Z',
    ...over,
  };
}

const sizes = (...changes: ChangeSet[]) => runs(changes).map((run) => run.changes.length);
const some = (n: number, from = 0) => Array.from({ length: n }, (_, index) => change(from + index));

it('folds many alike, and leaves few alone', () => {
  expect(sizes(...some(4))).toEqual([4]);
  expect(sizes(...some(3))).toEqual([1, 1, 1]);
  expect(runs(some(5))[0]?.first.id).toBe('chg0');
});

it('breaks at a pause, at another person and at another place', () => {
  expect(sizes(...some(4), ...some(4, 20))).toEqual([4, 4]);
  expect(sizes(...some(4), change(5, { user: 'Sam' }), ...some(4, 6))).toEqual([4, 1, 4]);
});

it('hides nothing that is undone, open or an undo', () => {
  for (const over of [{ undone_by: 'chgU' }, { state: 'open' }, { origin: 'undo' }] as const) {
    expect(sizes(...some(2), change(2, over), ...some(2, 3))).toEqual([1, 1, 1, 1, 1]);
  }
});
