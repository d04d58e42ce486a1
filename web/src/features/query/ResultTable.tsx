import { IconAlertTriangle } from '@tabler/icons-react';
import type { SqlAnswer, SqlValue } from '@/api/sql';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';
import { Notice } from '@/ui/Notice';
import classes from './ResultTable.module.css';

const t = en.query;

export function ResultTable({ answer }: { answer: SqlAnswer }) {
  const { columns, rows, row_count, truncated, elapsed_ms } = answer;
  return (
    <div className={classes.root}>
      <p role="status" className={classes.found}>
        {t.found(row_count, elapsed_ms)}
      </p>
      {truncated && (
        <Notice tone="warning" icon={IconAlertTriangle} title={t.truncated}>
          <p>{t.truncatedText(row_count)}</p>
        </Notice>
      )}
      {rows.length === 0 ? (
        <EmptyState title={t.none}>{t.noneText}</EmptyState>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <section className={classes.scroll} tabIndex={0} aria-label={t.result}>
          <table className={classes.table}>
            <thead>
              <tr>
                {columns.map((name, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns have no names of their own
                  <th key={column} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, number) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows are never moved
                <tr key={number}>
                  {row.map((value, column) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: columns have no names of their own
                    <Cell key={column} value={value} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}

function Cell({ value }: { value: SqlValue }) {
  if (value === null) return <td className={classes.empty}>{t.empty}</td>;
  if (typeof value === 'number') return <td className={classes.number}>{value}</td>;
  return (
    <td>
      <span className={classes.text}>{value}</span>
    </td>
  );
}
