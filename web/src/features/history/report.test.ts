import { describe, expect, it } from 'vitest';
import type { Outcome, RecordKind, RevertedRecord, UndoReport } from '@/api/changes';
import { conflictText, incomplete, planSentences, reportCsv } from './report';

function record(
  kind: RecordKind,
  outcome: Outcome,
  over: Partial<RevertedRecord> = {},
): RevertedRecord {
  return {
    base_id: 'app1',
    table_id: 'tbl1',
    table: 'Tasks',
    record_id: 'recA',
    name: 'A',
    kind,
    outcome,
    ...over,
  };
}

const report = (...records: RevertedRecord[]): UndoReport => ({
  change_set: 'chg_1',
  undo: null,
  dry_run: true,
  totals: { restored: 0, already: 0, conflict: 0, irreversible: 0 },
  records,
  irreversible: [],
  failed: [],
});

describe('what an undo will do', () => {
  it('is said for each kind of change, conflicts left out', () => {
    const plan = report(
      record('created', 'restored'),
      record('deleted', 'restored'),
      record('deleted', 'restored', { table: 'Projects' }),
      record('updated', 'conflict'),
    );
    expect(planSentences(plan).map(({ text }) => text)).toEqual([
      '2 deleted records will come back to Tasks and Projects',
      '1 record that was made in Tasks will be deleted',
    ]);
  });

  it('counts tables when there are many', () => {
    const plan = report(
      ...['A', 'B', 'C'].map((table) => record('updated', 'restored', { table })),
    );
    expect(planSentences(plan)[0]?.text).toBe(
      '3 records in 3 tables will get their old values back',
    );
  });

  it('tells records that lose something', () => {
    const conflicts = [{ code: 'choice_removed', field: 'State', before: 'Old', current: null }];
    const plan = report(
      record('deleted', 'restored', { conflicts }),
      record('deleted', 'restored'),
    );
    expect(incomplete(plan)).toHaveLength(1);
    expect(conflictText(conflicts[0] ?? { code: '', before: 1, current: 1 })).toBe(
      'A choice of State no longer exists',
    );
  });
});

describe('the report as CSV', () => {
  it('has a line for each conflict, quoted, links by name', () => {
    const conflicts = [
      {
        code: 'changed_since',
        field: 'Owner',
        before: [{ id: 'recX', name: 'Ann, Bob' }],
        current: null,
        by: 'Sam',
      },
      { code: 'changed_since', field: 'Note', before: 'say "hi"', current: '-1' },
    ];
    const lines = reportCsv(report(record('updated', 'conflict', { conflicts }))).split('\r\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toContain('changed_since,Owner,"Ann, Bob",,Sam,');
    expect(lines[2]).toContain('Note,"say ""hi""",-1,,');
  });

  it('lets no cell run as a formula', () => {
    expect(reportCsv(report(record('created', 'restored', { name: '=1+1' })))).toContain(",'=1+1,");
  });
});
