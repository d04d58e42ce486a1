import { describe, expect, it } from 'vitest';
import type { Field } from '@/api/types';
import { withCells, withMore } from './pages';
import { cleared, pastedChanges, pastedRecord, planPaste } from './paste';

const field = (id: string, type: string): Field => ({ id, name: id, type });
const fields = [
  field('name', 'singleLineText'),
  field('hours', 'number'),
  field('sum', 'formula'),
  field('note', 'singleLineText'),
];
const block = (rows: string[][]) => rows.map((row) => row.map((text) => ({ text })));
const at = (top: number, left: number, bottom = top, right = left) => ({
  top,
  left,
  bottom,
  right,
});
const values = (plan: ReturnType<typeof planPaste>) =>
  plan.rows.map(({ row, cells }) => [row, ...cells.map(({ parsed }) => Object.values(parsed)[0])]);

describe('planPaste', () => {
  it('lays a block from the corner on', () => {
    const plan = planPaste(
      block([
        ['a', '1'],
        ['b', '2'],
      ]),
      at(3, 0),
      fields,
    );
    expect(values(plan)).toEqual([
      [3, 'a', 1],
      [4, 'b', 2],
    ]);
    expect(plan.range).toEqual(at(3, 0, 4, 1));
  });

  it('fills a range with one cell and repeats what fits', () => {
    expect(values(planPaste(block([['x']]), at(0, 0, 2, 0), fields))).toEqual([
      [0, 'x'],
      [1, 'x'],
      [2, 'x'],
    ]);
    const twice = planPaste(block([['x'], ['y']]), at(0, 3, 3, 3), fields);
    expect(values(twice)).toEqual([
      [0, 'x'],
      [1, 'y'],
      [2, 'x'],
      [3, 'y'],
    ]);
    const once = planPaste(block([['x'], ['y']]), at(0, 3, 2, 3), fields);
    expect(values(once)).toEqual([
      [0, 'x'],
      [1, 'y'],
    ]);
  });

  it('leaves out computed fields and what lies beyond the last', () => {
    const plan = planPaste(block([['1', '2', '3', '4']]), at(0, 1), fields);
    expect(values(plan)).toEqual([[0, 1, '3']]);
    expect(plan.skipped).toBe(2);
  });

  it('says what is wrong with a cell', () => {
    const plan = planPaste(block([['many']]), at(0, 1), fields);
    expect(plan.rows[0]?.cells[0]?.parsed).toHaveProperty('problem');
  });

  it('keeps values between fields that are alike', () => {
    const copied = { text: '€2', field: field('price', 'number'), value: 2 };
    expect(values(planPaste([[copied]], at(0, 1), fields))).toEqual([[0, 2]]);
    expect(values(planPaste([[copied]], at(0, 0), fields))).toEqual([[0, '€2']]);
  });
});

it('clears what is full and can be set', () => {
  expect(cleared(fields, { name: 'a', sum: 3 })).toEqual({ name: null });
});

describe('pages', () => {
  const page = {
    total: 2,
    start: 0,
    names: {},
    records: [
      { id: 'rec1', createdTime: '', fields: { name: 'a', hours: 1 } },
      { id: 'rec2', createdTime: '', fields: {} },
    ],
  };

  it('change only the records that are meant', () => {
    const next = withCells(page, new Map([['rec1', { name: 'b', hours: null }]]));
    expect(next.records[0]?.fields).toEqual({ name: 'b' });
    expect(next.records[1]).toBe(page.records[1]);
    expect(withCells(page, new Map([['rec9', { name: 'b' }]]))).toBe(page);
  });

  it('grow at the end of the table alone', () => {
    const made = [{ id: 'rec3', createdTime: '', fields: {} }];
    expect(withMore(page, made, {}).records).toHaveLength(3);
    const first = withMore({ ...page, total: 300 }, made, {});
    expect([first.records.length, first.total]).toEqual([2, 301]);
  });
});

it('sends only what a paste changes, and marks what is wrong', () => {
  const pasted = [
    ['same', '2'],
    ['new', 'many'],
  ];
  const plan = planPaste(block(pasted), at(0, 0), fields);
  const records = [
    { id: 'rec1', createdTime: '', fields: { name: 'same', hours: 1 } },
    { id: 'rec2', createdTime: '', fields: {} },
  ];
  const cells = plan.rows.map((row) => row.cells);
  expect(pastedChanges(cells, records)).toEqual({
    changes: [
      { id: 'rec1', before: { hours: 1 }, shown: { hours: 2 }, sent: { hours: 2 } },
      { id: 'rec2', before: { name: undefined }, shown: { name: 'new' }, sent: { name: 'new' } },
    ],
    problems: [{ id: 'rec2', fieldId: 'hours', problem: 'This is not a number.' }],
  });
  expect(cells.map(pastedRecord)).toEqual([{ name: 'same', hours: 2 }, { name: 'new' }]);
});
