import { en } from '@/locales/en';
import { formatCell } from '@/ui/cells/formatCell';
import classes from './Grid.module.css';
import type { Range } from './selection';
import type { Column } from './useColumns';
import type { LoadedRow } from './useRows';

const MAX_SUMMED = 2000;

interface Props {
  hint: string;
  total: number;
  range: Range;
  columns: Column[];
  rowAt: (index: number) => LoadedRow | undefined;
}

export function GridFooter({ hint, total, range, columns, rowAt }: Props) {
  const rows = range.bottom - range.top + 1;
  const width = range.right - range.left + 1;
  const sum = sumOf(range, columns, rowAt);
  return (
    <footer className={classes.footer}>
      <span>
        <strong>{total.toLocaleString('en-US')}</strong> {en.data.records(total)}
      </span>
      {rows * width > 1 && <span>{en.data.selected(rows, width)}</span>}
      {sum !== undefined && (
        <span>
          {en.data.sum} <strong>{sum}</strong>
        </span>
      )}
      <span className={classes.hint}>{hint}</span>
    </footer>
  );
}

/** Only of rows that are loaded: a sum that leaves some out would be wrong without saying so. */
function sumOf(range: Range, columns: Column[], rowAt: Props['rowAt']): string | undefined {
  const column = columns[range.left];
  const count = range.bottom - range.top + 1;
  const isOneColumn = range.left === range.right && column?.isRight;
  if (!isOneColumn || count < 2 || count > MAX_SUMMED) return undefined;
  let sum = 0;
  for (let index = range.top; index <= range.bottom; index += 1) {
    const row = rowAt(index);
    if (!row) return undefined;
    const value = row.record.fields[column.field.id];
    if (typeof value === 'number') sum += value;
  }
  return formatCell(column.field, sum);
}
