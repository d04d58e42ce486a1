import { describe, expect, it } from 'vitest';
import { formatCell } from './formatCell';

const cell = (type: string, value: unknown, options = {}, names = {}) =>
  formatCell({ type, options }, value, names);

describe('formatCell', () => {
  it.each([
    ['number', 1234.5, { precision: 2 }, '1,234.50'],
    ['currency', -9.5, { precision: 2, symbol: '€' }, '-€9.50'],
    ['percent', 0.123, { precision: 1 }, '12.3%'],
    ['duration', 5400, { durationFormat: 'h:mm' }, '1:30'],
    ['duration', 3725, { durationFormat: 'h:mm:ss' }, '1:02:05'],
    ['duration', 61.25, { durationFormat: 'h:mm:ss.SS' }, '0:01:01.25'],
    ['duration', 59.99, { durationFormat: 'h:mm' }, '0:01'],
    ['checkbox', true, {}, '✓'],
    ['date', '2024-03-05', { dateFormat: { name: 'friendly' } }, 'March 5, 2024'],
    ['date', '2024-03-05', { dateFormat: { name: 'us' } }, '3/5/2024'],
    ['date', '2024-03-05', { dateFormat: { name: 'european' } }, '05/03/2024'],
    ['date', '2024-03-05', { dateFormat: { name: 'iso' } }, '2024-03-05'],
    ['barcode', { text: '40123', type: 'ean8' }, {}, '40123'],
    ['multipleSelects', ['a', 'b'], {}, 'a, b'],
    ['singleCollaborator', { id: 'usr1', email: 'a@b.c' }, {}, 'a@b.c'],
    ['formula', { error: '#ERROR!' }, {}, '#ERROR!'],
    ['formula', { specialValue: 'Infinity' }, {}, '∞'],
    ['aiText', { state: 'generated', isStale: false, value: 'short' }, {}, 'short'],
  ])('%s %j', (type, value, options, expected) => {
    expect(cell(type, value, options)).toBe(expected);
  });

  it('shows a date-time in the zone of its field', () => {
    const options = {
      dateFormat: { name: 'iso' },
      timeFormat: { name: '24hour' },
      timeZone: 'Europe/Prague',
    };
    expect(cell('dateTime', '2024-03-05T23:30:00.000Z', options)).toBe('2024-03-06 00:30');
  });

  it('survives a time zone it does not know', () => {
    const options = { dateFormat: { name: 'iso' }, timeZone: 'Mars/Base' };
    expect(cell('dateTime', '2024-03-05T07:08:00.000Z', options)).toMatch(/^2024-03-05/);
  });

  it('names linked records and falls back to their ids', () => {
    expect(cell('multipleRecordLinks', ['rec1', 'rec2'], {}, { rec1: 'Acme' })).toBe('Acme, rec2');
  });

  it('formats each entry of a lookup like its source', () => {
    const options = { result: { type: 'currency', options: { precision: 0, symbol: '$' } } };
    expect(cell('multipleLookupValues', [1, 2000], options)).toBe('$1, $2,000');
  });

  it('leaves empty cells empty', () => {
    expect(cell('number', undefined)).toBe('');
    expect(cell('singleSelect', null)).toBe('');
  });
});
