import { useEffect, useState } from 'react';
import { en } from '@/locales/en';
import { isBlank, readCsv } from './csv';
import { decode, type Encoding, encodingOf } from './decode';

const t = en.import;
const MOST_MEGABYTES = 100;
/** An undo takes back as many changes at once. */
export const MOST_ROWS = 100_000;

/** What is imported: a file, or text that was pasted. */
export type Source = { name: string; file: File } | { name: string; text: string };

export interface ReadAs {
  encoding?: Encoding;
  delimiter?: string;
}

export interface Sheet {
  name: string;
  encoding?: Encoding;
  delimiter: string;
  /** Blank ones included, so that their places are those in the file. */
  rows: string[][];
  count: number;
  unclosed?: number;
}

interface Read {
  sheet?: Sheet;
  problem?: string;
}

/** The rows of a source, read anew when it shall be read in another way. */
export function useSheet(source: Source | undefined, { encoding, delimiter }: ReadAs): Read {
  const [read, setRead] = useState<Read>({});
  useEffect(() => {
    setRead({});
    if (!source) return;
    const stop = new AbortController();
    sheetOf(source, { encoding, delimiter }, stop.signal).then(setRead, (error) => {
      if (!stop.signal.aborted) setRead({ problem: String(error.message ?? error) });
    });
    return () => stop.abort();
  }, [source, encoding, delimiter]);
  return read;
}

async function sheetOf(source: Source, as: ReadAs, signal: AbortSignal): Promise<Read> {
  if ('file' in source && source.file.size > MOST_MEGABYTES * 1e6) {
    return { problem: t.tooLarge(MOST_MEGABYTES) };
  }
  const { text, encoding } = await textOf(source, as.encoding);
  const { rows, delimiter, unclosed } = await readCsv(text, as.delimiter, signal);
  const count = rows.filter((row) => !isBlank(row)).length;
  if (count === 0) return { problem: t.nothing };
  return { sheet: { name: source.name, encoding, delimiter, rows, count, unclosed } };
}

async function textOf(source: Source, wanted?: Encoding) {
  if ('text' in source) return { text: source.text };
  const buffer = await source.file.arrayBuffer().catch(() => {
    throw new Error(t.unreadable);
  });
  const bytes = new Uint8Array(buffer);
  const encoding = wanted ?? encodingOf(bytes);
  return { text: decode(bytes, encoding), encoding };
}
