import { expect, it } from 'vitest';
import type { ApprovalPlan, PlannedTable } from '@/api/approvals';
import { isOver, leftText, planLines } from './planText';

const table = (over: Partial<PlannedTable>): PlannedTable => ({
  base: 'Launch',
  table: 'Tasks',
  created: 0,
  updated: 0,
  deleted: 0,
  ...over,
});
const plan = (...tables: PlannedTable[]): ApprovalPlan => ({
  tables,
  schema: [],
  records: [],
  truncated: false,
  irreversible: [],
});
const texts = (of: ApprovalPlan) => planLines(of).map(({ text }) => text);

it('says what a plan does, each kind on its own line', () => {
  expect(texts(plan(table({ deleted: 9, updated: 1 })))).toEqual([
    'Delete 9 records in Tasks',
    'Change 1 record in Tasks',
  ]);
  expect(texts(plan())).toEqual([]);
});

it('names the base only where there are several', () => {
  expect(texts(plan(table({ created: 2 }), table({ base: 'CRM', deleted: 1 })))).toEqual([
    'Delete 1 record in Tasks (CRM)',
    'Make 2 records in Tasks (Launch)',
  ]);
});

it('counts the time that is left', () => {
  const at = '2026-11-25T12:00:00Z';
  expect(leftText(at, Date.parse('2026-11-25T11:57:55Z'))).toBe('2 min 5 s left');
  expect(leftText(at, Date.parse('2026-11-25T11:59:30Z'))).toBe('30 s left');
  expect(leftText(at, Date.parse(at))).toBe('The time is over');
  expect(isOver(at, Date.parse(at))).toBe(true);
});
