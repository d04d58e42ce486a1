import { describe, expect, it } from 'vitest';
import type { Field } from '@/api/types';
import { cellsOf, columnNames, mapByName, remap, sampleOf } from './mapping';
import { fieldsToMake, madeFields, retyped } from './newTable';

const field = (id: string, name: string, type = 'singleLineText'): Field => ({
  id,
  name,
  type,
  options: type === 'date' ? { dateFormat: { name: 'iso' } } : {},
});
const NAME = field('fld1', 'Name');
const HOURS = field('fld2', 'Hours Spent', 'number');
const DUE = field('fld3', 'Due', 'date');
const NUMBER = field('fld4', 'No', 'autoNumber');

describe('mapByName', () => {
  it('finds fields whatever the case and the gaps, each once', () => {
    const mapped = mapByName(['hours_spent', 'NAME', 'name', 'Else', 'No'], [NAME, HOURS, NUMBER]);
    expect(mapped).toEqual([HOURS, NAME, undefined, undefined, undefined]);
  });

  it('moves a field to the column that asks for it', () => {
    expect(remap([NAME, HOURS], 1, NAME)).toEqual([undefined, NAME]);
    expect(remap([NAME, HOURS], 0, undefined)).toEqual([undefined, HOURS]);
  });
});

describe('cellsOf', () => {
  const columns = [NAME, undefined, HOURS, DUE];
  it('turns text into values and leaves empty cells out', () => {
    expect(cellsOf(['Saw', 'x', '1,234.5', ''], columns)).toEqual({
      cells: { fld1: 'Saw', fld2: 1234.5 },
    });
  });

  it('says everything that is wrong with a row', () => {
    const read = cellsOf(['Saw', 'x', 'many', 'soon'], columns);
    expect(read).toHaveProperty('reason');
    expect(read).toMatchObject({ reason: expect.stringContaining('Hours Spent “many”') });
    expect(read).toMatchObject({ reason: expect.stringContaining('Due “soon”') });
  });

  it('leaves to the server what it alone knows', () => {
    const select = field('fld5', 'State', 'singleSelect');
    expect(cellsOf(['New'], [select])).toEqual({ cells: { fld5: 'New' } });
  });

  it('unticks and clears nothing', () => {
    const done = field('fld6', 'Done', 'checkbox');
    expect(cellsOf(['no', ''], [done, NAME])).toEqual({ cells: {} });
  });
});

it('names columns by the header or by their place', () => {
  const rows = [
    ['Name', ''],
    ['Saw', '1', 'more'],
  ];
  expect(columnNames(rows, true)).toEqual(['Name', 'Column 2', 'Column 3']);
  expect(columnNames(rows, false)).toEqual(['Column 1', 'Column 2', 'Column 3']);
});

it('takes a sample from everywhere', () => {
  const rows = Array.from({ length: 10_000 }, (_, n) => [String(n), 'x'.repeat(400)]);
  const sample = sampleOf(rows, 2);
  expect(sample.length).toBeLessThanOrEqual(2000);
  expect(Number(sample.at(-1)?.[0])).toBeGreaterThan(9900);
  expect(sample[0]?.[1]).toHaveLength(300);
});

describe('the fields of a new table', () => {
  const columns = [
    { field: { name: 'State', type: 'singleSelect' }, isTaken: true },
    { field: { name: 'Skip', type: 'number' }, isTaken: false },
    { field: retyped({ name: 'Hours', type: 'email' }, 'number'), isTaken: true },
  ];
  it('are those taken, the first one fit to be primary', () => {
    expect(fieldsToMake(columns)).toEqual([
      { name: 'State', type: 'singleLineText' },
      expect.objectContaining({ name: 'Hours', type: 'number', options: { precision: 2 } }),
    ]);
  });

  it('stand beside their columns once made', () => {
    expect(madeFields(columns, [NAME, HOURS])).toEqual([NAME, undefined, HOURS]);
  });
});
