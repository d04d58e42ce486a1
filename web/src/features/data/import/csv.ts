import Papa, { type LocalFile, type ParseConfig, type ParseLocalConfig } from 'papaparse';

export const DELIMITERS = [',', ';', '\t', '|'] as const;

/** Texts are read in stretches as files are; the types know it of files alone. */
type InPage = ParseConfig<string[]> &
  Pick<ParseLocalConfig<string[], LocalFile>, 'chunk' | 'chunkSize'> & {
    worker?: false;
    download?: false;
  };

/** Characters that are read before the page gets its turn. */
const STRETCH = 256 * 1024;

export interface Rows {
  rows: string[][];
  delimiter: string;
  /** The row that an unclosed quote begins in, counted from one; what follows may be read wrong. */
  unclosed?: number;
}

/** Reads separated values in stretches, so that the page stays alive; without a delimiter it is found out. */
export function readCsv(
  text: string,
  delimiter: string | undefined,
  signal: AbortSignal,
): Promise<Rows> {
  return new Promise((resolve, reject) => {
    const read: Rows = { rows: [], delimiter: delimiter ?? ',' };
    const config: InPage = {
      delimiter: delimiter ?? '',
      delimitersToGuess: [...DELIMITERS],
      chunkSize: STRETCH,
      chunk: ({ data, errors, meta }, parser) => {
        if (signal.aborted) {
          reject(signal.reason);
          return parser.abort();
        }
        const quote = errors.find(({ type }) => type === 'Quotes');
        if (quote) read.unclosed ??= read.rows.length + (quote.row ?? 0) + 1;
        if (meta.delimiter) read.delimiter = meta.delimiter;
        for (const row of data) read.rows.push(row);
        // One that is empty would be the pause itself, once more.
        if (data.length === 0) return;
        parser.pause();
        setTimeout(() => parser.resume());
      },
      complete: () => resolve(read),
    };
    Papa.parse(text, config);
  });
}

export function isBlank(row: string[]) {
  return row.every((cell) => cell.trim() === '');
}

/** Whether the first row names the columns: each cell is there, they differ, and none is a number or a date. */
export function hasHeader(rows: string[][]): boolean {
  const names = (rows[0] ?? []).map((name) => name.trim().toLowerCase());
  const isNamed =
    names.length > 0 && names.every((name) => name !== '' && !/^[-+€$£\s]*\d/.test(name));
  return isNamed && new Set(names).size === names.length;
}

/** Rows for people to look at in a spreadsheet, as they came. */
export function writeCsv(rows: string[][]): string {
  return Papa.unparse(rows);
}
