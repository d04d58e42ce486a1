import { describe, expect, it } from 'vitest';
import { hasHeader, readCsv, writeCsv } from './csv';
import { decode, type Encoding, encodingOf } from './decode';

const read = (text: string, delimiter?: string) =>
  readCsv(text, delimiter, new AbortController().signal);

describe('readCsv', () => {
  it.each([
    [',', 'a,b\n1,2\n'],
    [';', 'a;b\r\n1;2'],
    ['\t', 'a\tb\n1\t2'],
    ['|', 'a|b\n1|2'],
  ])('finds the delimiter %j', async (delimiter, text) => {
    const { rows, delimiter: found } = await read(text);
    expect(found).toBe(delimiter);
    expect(rows.slice(0, 2)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  it('reads quotes, breaks and blank lines, each row at its place', async () => {
    const { rows, unclosed } = await read('Name,Note\n"Saw, small","one\ntwo ""x"""\n\nNail,\n');
    expect(unclosed).toBeUndefined();
    expect(rows.slice(0, 4)).toEqual([
      ['Name', 'Note'],
      ['Saw, small', 'one\ntwo "x"'],
      [''],
      ['Nail', ''],
    ]);
  });

  it('takes the delimiter it is told', async () => {
    const { rows } = await read('a,b;c', ';');
    expect(rows[0]).toEqual(['a,b', 'c']);
  });

  it('tells where a quote is not closed', async () => {
    const { unclosed } = await read('a,b\n1,2\n"3,4\n5,6\n');
    expect(unclosed).toBe(3);
  });

  it('reads a long text in stretches, and nothing more once it is told to stop', async () => {
    const lines = Array.from({ length: 60_000 }, (_, n) => `${n},"text ${n}",${n * 2}`);
    const { rows } = await read(lines.join('\n'));
    expect(rows).toHaveLength(60_000);
    expect(rows[59_999]).toEqual(['59999', 'text 59999', '119998']);
    const stop = new AbortController();
    const stopped = readCsv(lines.join('\n'), ',', stop.signal);
    stop.abort();
    await expect(stopped).rejects.toThrow();
  });
});

describe('hasHeader', () => {
  it.each([
    [true, ['Name', 'Hours']],
    [false, ['Name', '']],
    [false, ['Name', 'name ']],
    [false, ['Name', '12']],
    [false, ['Saw', '2026-01-31']],
    [false, ['Saw', '-€5']],
  ])('%s for %j', (expected, row) => expect(hasHeader([row])).toBe(expected));
});

describe('encodingOf', () => {
  const text = 'Name;Größe\nSäge;3';
  const utf16 = (isBig: boolean, mark: boolean) => {
    const codes = [...(mark ? '\ufeff' : ''), ...text].map((letter) => letter.charCodeAt(0));
    return Uint8Array.from(
      codes.flatMap((code) => (isBig ? [code >> 8, code & 255] : [code & 255, code >> 8])),
    );
  };
  const latin = Uint8Array.from([...text].map((letter) => letter.charCodeAt(0)));
  const utf8 = new TextEncoder().encode(text);
  it.each<[Encoding, Uint8Array]>([
    ['utf-8', utf8],
    ['utf-8', Uint8Array.from([0xef, 0xbb, 0xbf, ...utf8])],
    ['windows-1252', latin],
    ['utf-16le', utf16(false, true)],
    ['utf-16be', utf16(true, true)],
    ['utf-16le', utf16(false, false)],
    ['utf-16be', utf16(true, false)],
  ])('%s', (encoding, bytes) => {
    expect(encodingOf(bytes)).toBe(encoding);
    expect(decode(bytes, encoding)).toBe(text);
  });
});

it('writes rows so that they are read as they were', async () => {
  const rows = [
    ['a,b', '"q"'],
    ['one\ntwo', '-5'],
  ];
  expect((await read(writeCsv(rows), ',')).rows).toEqual(rows);
});
