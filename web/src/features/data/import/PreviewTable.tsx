import type { ReactNode } from 'react';
import { en } from '@/locales/en';
import classes from './Import.module.css';

const t = en.import;
const SHOWN = 5;

interface Props {
  names: string[];
  rows: string[][];
  /** Columns that go nowhere. */
  isLeftOut: (column: number) => boolean;
  /** What is said and asked about a column, below its name. */
  head: (column: number) => ReactNode;
}

/** The first rows, and above each column what becomes of it. */
export function PreviewTable({ names, rows, isLeftOut, head }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than its frame is scrolled with the keys
    <section className={classes.preview} aria-label={t.preview} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {names.map((name, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns are their places
              <th key={column} scope="col" data-out={isLeftOut(column) || undefined}>
                <span className={classes.column}>{name}</span>
                {head(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN).map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are their places
            <tr key={at}>
              {names.map((_, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns are their places
                <td key={column} data-out={isLeftOut(column) || undefined}>
                  {row[column]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
