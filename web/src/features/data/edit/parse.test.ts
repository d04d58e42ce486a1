import { describe, expect, it } from 'vitest';
import type { Field, FieldOptions } from '@/api/types';
import { parseDate, parseDateTime } from './dateText';
import { editText, parseCell, parseDuration, parseNumber } from './parse';

const field = (type: string, options: FieldOptions = {}): Field => ({
  id: 'fld1',
  name: 'F',
  type,
  options,
});

describe('parseNumber', () => {
  it.each([
    ['12', 12],
    ['-3.5', -3.5],
    ['1,234.50', 1234.5],
    ['1.234,50', 1234.5],
    ['1,234', 1234],
    ['1,5', 1.5],
    ['€1,234.50', 1234.5],
    ['-$5', -5],
    ['(5)', -5],
    ['.5', 0.5],
    ['2e3', 2000],
  ])('%s', (text, value) => expect(parseNumber(text)).toBe(value));

  it.each(['', 'abc', '1.2.3.x', 'twelve 12 and 3', '--'])('refuses %j', (text) => {
    expect(parseNumber(text)).toBeUndefined();
  });
});

describe('parseCell', () => {
  const choices = [{ name: 'To do' }, { name: 'Done, really' }, { name: 'Later' }];

  it('empties a cell with blank text', () => {
    expect(parseCell(field('number'), '  ')).toEqual({ value: null });
  });

  it('takes a percent as people write it', () => {
    expect(parseCell(field('percent'), '7%')).toEqual({ value: 0.07 });
    expect(editText(field('percent'), 0.07)).toBe('7');
  });

  it('joins lines where there is one only', () => {
    expect(parseCell(field('singleLineText'), 'a\n b')).toEqual({ value: 'a b' });
    expect(parseCell(field('multilineText'), 'a\n b')).toEqual({ value: 'a\n b' });
  });

  it('finds choices whatever their case, and those with a comma', () => {
    expect(parseCell(field('singleSelect', { choices }), 'to DO')).toEqual({ value: 'To do' });
    const many = field('multipleSelects', { choices });
    expect(parseCell(many, 'Later, To do')).toEqual({ value: ['Later', 'To do'] });
    expect(parseCell(many, 'Done, really')).toEqual({ value: ['Done, really'] });
  });

  it('leaves to the server what it alone knows', () => {
    expect(parseCell(field('singleSelect', { choices }), 'New')).toEqual({ text: 'New' });
    expect(parseCell(field('multipleRecordLinks'), 'Ada')).toEqual({ text: 'Ada' });
  });

  it('keeps a rating within its bounds', () => {
    expect(parseCell(field('rating', { max: 5 }), '5')).toEqual({ value: 5 });
    expect(parseCell(field('rating', { max: 5 }), '0')).toEqual({ value: null });
    expect(parseCell(field('rating', { max: 5 }), '6')).toHaveProperty('problem');
  });

  it('reads yes and no', () => {
    expect(parseCell(field('checkbox'), '✓')).toEqual({ value: true });
    expect(parseCell(field('checkbox'), 'FALSE')).toEqual({ value: null });
    expect(parseCell(field('checkbox'), 'maybe')).toHaveProperty('problem');
  });
});

describe('parseDuration', () => {
  it.each([
    ['1:30', 'h:mm', 5400],
    ['90', 'h:mm', 5400],
    ['90', 'h:mm:ss', 90],
    ['-0:01:02.5', 'h:mm:ss.S', -62.5],
  ])('%s as %s', (text, pattern, seconds) => {
    expect(parseDuration(text, pattern)).toBe(seconds);
  });

  it('refuses what is none', () => {
    expect(parseDuration('1:75')).toBeUndefined();
    expect(parseDuration('soon')).toBeUndefined();
  });
});

describe('parseDate', () => {
  const european = { dateFormat: { name: 'european' } };
  it.each([
    ['2026-01-31', {}, '2026-01-31'],
    ['1/31/2026', {}, '2026-01-31'],
    ['31/1/2026', european, '2026-01-31'],
    ['31.1.2026', {}, '2026-01-31'],
    ['January 31, 2026', {}, '2026-01-31'],
    ['31 Jan 2026', {}, '2026-01-31'],
  ])('%s', (text, options, day) => expect(parseDate(text, options)).toBe(day));

  it.each(['2026-02-30', '13/13/2026', 'soon'])('refuses %s', (text) => {
    expect(parseDate(text, {})).toBeUndefined();
  });
});

describe('parseDateTime', () => {
  it('reads wall time in the zone of the field, summer time included', () => {
    const prague = { timeZone: 'Europe/Prague' };
    expect(parseDateTime('2026-07-01 14:30', prague)).toBe('2026-07-01T12:30:00.000Z');
    expect(parseDateTime('2026-01-01 2:05 pm', prague)).toBe('2026-01-01T13:05:00.000Z');
    expect(parseDateTime('2026-01-01', { timeZone: 'utc' })).toBe('2026-01-01T00:00:00.000Z');
  });

  it('refuses an hour that there is not', () => {
    expect(parseDateTime('2026-01-01 25:00', {})).toBeUndefined();
  });

  it.each([
    ['us', 'America/New_York'],
    ['european', 'Asia/Kolkata'],
    ['iso', 'utc'],
    ['friendly', 'Europe/Prague'],
  ])('reads what is edited: %s in %s', (name, timeZone) => {
    const options = { dateFormat: { name }, timeZone };
    const value = '2026-03-05T23:45:30.000Z';
    expect(parseDateTime(editText(field('dateTime', options), value), options)).toBe(value);
  });
});
