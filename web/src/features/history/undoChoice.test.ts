import { describe, expect, it } from 'vitest';
import type { Outcome, RevertedRecord, UndoReport } from '@/api/changes';
import {
  canRun,
  others,
  requestOf,
  UNDECIDED,
  type UndoAction,
  undoReducer,
  willOverwrite,
  willRestore,
} from './undoChoice';

function record(id: string, outcome: Outcome, ...by: string[]): RevertedRecord {
  return {
    base_id: 'app1',
    table_id: 'tbl1',
    table: 'Tasks',
    record_id: id,
    name: id,
    kind: 'updated',
    outcome,
    conflicts: by.map((name) => ({ code: 'changed_since', before: 1, current: 2, by: name })),
  };
}

const records = [
  record('recA', 'restored'),
  record('recB', 'conflict', 'Sam', 'Sam'),
  record('recC', 'already'),
];
const plan: UndoReport = {
  change_set: 'chg_1',
  undo: null,
  dry_run: true,
  totals: { restored: 1, already: 1, conflict: 1, irreversible: 0 },
  records,
  irreversible: [],
  failed: [],
};
const decided = (...actions: UndoAction[]) => actions.reduce(undoReducer, UNDECIDED);

describe('what to undo', () => {
  it('leaves conflicts alone unless told otherwise', () => {
    expect(requestOf(UNDECIDED, {})).toEqual({});
    expect(willRestore(UNDECIDED, plan)).toBe(1);
    expect(willOverwrite(UNDECIDED, plan)).toEqual([]);
  });

  it('overwrites when all is chosen', () => {
    const all = decided({ type: 'choose', choice: 'all' });
    expect(requestOf(all, { records: ['recB'], fields: ['fld1'] })).toEqual({
      records: ['recB'],
      fields: ['fld1'],
      force: true,
    });
    expect(willRestore(all, plan)).toBe(2);
    expect(others(willOverwrite(all, plan))).toEqual(['Sam']);
  });

  it('takes only what is ticked, and forces only when told', () => {
    const none = decided({ type: 'choose', choice: 'pick' });
    expect(canRun(none, plan)).toBe(false);
    const one = undoReducer(none, { type: 'toggle', record: 'recB' });
    expect(requestOf(one, {})).toEqual({ records: ['recB'] });
    expect([canRun(one, plan), willRestore(one, plan)]).toEqual([true, 0]);
    const forced = undoReducer(one, { type: 'force', isOn: true });
    expect(requestOf(forced, {})).toEqual({ records: ['recB'], force: true });
    expect(willOverwrite(forced, plan)).toHaveLength(1);
    expect(undoReducer(one, { type: 'toggle', record: 'recB' }).picked.size).toBe(0);
  });

  it('does not force once another way is chosen', () => {
    const back = decided({ type: 'force', isOn: true }, { type: 'choose', choice: 'free' });
    expect(requestOf(back, {})).toEqual({});
  });

  it('asks again, and goes back', () => {
    const asked = decided({ type: 'choose', choice: 'all' }, { type: 'confirm' });
    expect(asked.isConfirming).toBe(true);
    expect(undoReducer(asked, { type: 'back' })).toMatchObject({
      isConfirming: false,
      choice: 'all',
    });
  });
});
