import { describe, expect, it } from 'vitest';
import type { Field, FieldOptions } from '@/api/types';
import { type Condition, formulaOf, type Operator, operatorsOf } from './conditions';
import { formulaField, formulaText } from './formulaText';
import { conditionsOf } from './readBack';
import { parseWhere, whereText } from './whereText';

const field = (id: string, type: string, options: FieldOptions = {}): Field => ({
  id,
  name: id,
  type,
  options,
});
const fields = [
  field('Name', 'singleLineText'),
  field('Hours', 'number'),
  field('Share', 'percent'),
  field('Done', 'checkbox'),
  field('Due', 'date', { dateFormat: { name: 'iso' } }),
  field('Seen', 'createdTime'),
  field('Status', 'singleSelect'),
  field('Owner', 'multipleRecordLinks'),
];
const one = (fieldId: string, operator: Operator, value = ''): Condition => ({
  fieldId,
  operator,
  value,
});
const formula = (...conditions: Condition[]) => formulaOf({ join: 'and', conditions }, fields);

describe('formulaOf', () => {
  it.each([
    [one('Name', 'contains', 'a "b"'), 'SEARCH("a \\"b\\"", {Name} & "")'],
    [one('Name', 'isNot', 'x'), '{Name} & "" != "x"'],
    [one('Hours', 'more', '2,5'), '{Hours} > 2.5'],
    [one('Hours', 'less', '3'), 'AND({Hours} & "" != "", {Hours} < 3)'],
    [one('Hours', 'is', '0'), 'AND({Hours} & "" != "", {Hours} = 0)'],
    [one('Share', 'atLeast', '50%'), '{Share} >= 0.5'],
    [one('Done', 'unchecked'), 'NOT({Done})'],
    [one('Due', 'before', '2026-01-31'), 'IS_BEFORE({Due}, "2026-01-31")'],
    [one('Due', 'after', '2026-01-31'), 'IS_AFTER({Due}, "2026-01-31")'],
    [one('Due', 'on', '2026-01-31'), 'IS_SAME({Due}, "2026-01-31", "day")'],
    [one('Seen', 'after', '2026-01-31'), 'IS_AFTER({Seen}, "2026-01-31T23:59:59Z")'],
    [one('Status', 'is', 'To do'), '{Status} & "" = "To do"'],
    [one('Owner', 'empty'), '{Owner} & "" = ""'],
  ])('%j', (condition, expected) => {
    expect(formula(condition)).toBe(expected);
    const [back] = conditionsOf(expected, fields)?.conditions ?? [];
    expect(back && formula(back)).toBe(expected);
  });

  it('joins several', () => {
    const conditions = [one('Done', 'checked'), one('Name', 'full')];
    expect(formulaOf({ join: 'or', conditions }, fields)).toBe('OR({Done}, {Name} & "" != "")');
  });

  it('is read back from the formula, several and with commas too', () => {
    const conditions = [
      one('Hours', 'less', '3'),
      one('Name', 'contains', 'a, (b) "c"'),
      one('Done', 'unchecked'),
    ];
    for (const join of ['and', 'or'] as const) {
      const where = { join, conditions };
      expect(conditionsOf(formulaOf(where, fields), fields)).toEqual(where);
    }
    expect(conditionsOf('LEN({Name}) > 3', fields)).toBeUndefined();
    expect(conditionsOf('AND({Done}, LEN({Name}))', fields)).toBeUndefined();
    expect(conditionsOf('', fields)).toBeUndefined();
  });

  it('leaves out what is not finished, gone or not meant for the type', () => {
    const loose = [one('Name', 'is'), one('Gone', 'empty'), one('Done', 'more', '1')];
    expect(formula(...loose, one('Hours', 'more', 'many'))).toBe('');
  });
});

it('asks of computed fields what is asked of their result', () => {
  const sum = field('Sum', 'formula', { result: { type: 'currency' } });
  expect(operatorsOf(sum)).toContain('less');
});

it('keeps names and texts from ending a formula', () => {
  expect(formulaField('a}b')).toBe('{a\\}b}');
  expect(formulaText('a\\"\n')).toBe('"a\\\\\\"\\n"');
});

it('reads the conditions that stand in an address', () => {
  const where = {
    join: 'or' as const,
    conditions: [one('fldA', 'is', 'a*b!-c!'), one('fldB', 'empty')],
  };
  expect(parseWhere(whereText(where))).toEqual(where);
  expect(whereText(parseWhere(undefined))).toBeUndefined();
});
