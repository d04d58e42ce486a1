import { describe, expect, it } from 'vitest';
import { fromTsv, toTsv } from './tsv';
import { columnWindow, pagesFor } from './windowing';

describe('pagesFor', () => {
  it('covers the rows in view', () => {
    expect(pagesFor(0, 40, 200)).toEqual([0]);
    expect(pagesFor(190, 230, 200)).toEqual([0, 1]);
    expect(pagesFor(49_980, 49_999, 200)).toEqual([249]);
  });
});

describe('columnWindow', () => {
  const widths = Array.from({ length: 100 }, () => 100);

  it('starts with the columns that fit', () => {
    expect(columnWindow(widths, 0, 450)).toEqual({ from: 0, to: 5, before: 0 });
  });

  it('skips what lies to the left', () => {
    const view = columnWindow(widths, 1050, 300);
    expect(view.from).toBeLessThanOrEqual(11);
    expect(view.before).toBe(view.from * 100);
    expect(view.to * 100).toBeGreaterThanOrEqual(1350);
  });

  it('ends with the last column', () => {
    expect(columnWindow(widths, 9700, 5000).to).toBe(100);
  });
});

describe('toTsv', () => {
  it('separates cells by tabs and rows by line breaks', () => {
    expect(
      toTsv([
        ['a', 'b'],
        ['c', ''],
      ]),
    ).toBe('a\tb\nc\t');
  });

  it('quotes what would break the layout', () => {
    expect(toTsv([['two\nlines', 'say "hi"', 'plain']])).toBe('"two\nlines"\t"say ""hi"""\tplain');
  });
});

describe('fromTsv', () => {
  it('reads what is written', () => {
    const rows = [
      ['two\nlines', 'say "hi"', ''],
      ['', 'tab\there', '"'],
    ];
    expect(fromTsv(toTsv(rows))).toEqual(rows);
  });

  it('takes the breaks of every system and none at the end', () => {
    expect(fromTsv('a\tb\r\nc\td\r\n')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(fromTsv('a\n\nb')).toEqual([['a'], [''], ['b']]);
    expect(fromTsv('a\t')).toEqual([['a', '']]);
    expect(fromTsv('')).toEqual([]);
  });

  it('takes a lone quote as it stands', () => {
    expect(fromTsv('"5 inch\t"x"y')).toEqual([['"5 inch', '"x"y']]);
  });
});
