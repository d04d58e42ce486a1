import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import type { RowsKey } from '@/api/queries';
import type { Field, Table } from '@/api/types';
import { en } from '@/locales/en';
import { CellView } from '@/ui/cells/CellView';
import { formatCell } from '@/ui/cells/formatCell';
import { isNumeric } from '@/ui/cells/values';
import classes from './CardList.module.css';
import { RowsError } from './grid/RowsError';
import type { Columns } from './grid/useColumns';
import { type LoadedRow, useRows } from './grid/useRows';

const CARD_HEIGHT = 84;

interface Props {
  table: Table;
  source: RowsKey;
  columns: Columns;
  onOpen: (row: number) => void;
}

export function CardList({ table, source, columns, onOpen }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [total, setTotal] = useState(table.record_count);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => CARD_HEIGHT,
    overscan: 6,
    useFlushSync: false,
  });
  const items = virtual.getVirtualItems();
  const loaded = useRows(source, items[0]?.index ?? 0, items.at(-1)?.index ?? 0);
  if (loaded.total !== undefined && loaded.total !== total) setTotal(loaded.total);
  const plan = planCard(columns.columns.map((column) => column.field));
  if (loaded.failed) {
    return (
      <RowsError
        error={loaded.failed.error}
        source={source}
        onRetry={() => loaded.failed?.refetch()}
      />
    );
  }
  return (
    <>
      <div ref={scroller} className={classes.scroller}>
        <ul className={classes.list} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => (
            <li
              key={item.index}
              className={classes.item}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <button type="button" className={classes.card} onClick={() => onOpen(item.index)}>
                <Card plan={plan} row={loaded.rowAt(item.index)} />
              </button>
            </li>
          ))}
        </ul>
      </div>
      <footer className={classes.footer}>
        <strong>{total.toLocaleString('en-US')}</strong> {en.data.records(total)}
      </footer>
    </>
  );
}

interface Plan {
  title?: Field;
  badge?: Field;
  details: Field[];
  amount?: Field;
}

const DETAILS = [
  'singleCollaborator',
  'date',
  'dateTime',
  'multipleRecordLinks',
  'email',
  'singleLineText',
];

/** The few fields that tell records apart: a state, a person, a date, an amount. */
function planCard(fields: Field[]): Plan {
  const [title, ...others] = fields;
  const byKind = [...others].sort((a, b) => rank(a) - rank(b));
  return {
    title,
    badge: others.find((field) => field.type === 'singleSelect'),
    details: byKind.filter((field) => DETAILS.includes(field.type)).slice(0, 2),
    amount: others.find((f) => f.type === 'currency') ?? others.find((f) => isNumeric(f)),
  };
}

function rank(field: Field) {
  const index = DETAILS.indexOf(field.type);
  return index < 0 ? DETAILS.length : index;
}

function Card({ plan, row }: { plan: Plan; row?: LoadedRow }) {
  if (!row) return <span className={classes.ghost} />;
  const { record, names } = row;
  const cell = (field: Field | undefined) =>
    field && <CellView field={field} value={record.fields[field.id]} names={names} />;
  const title = plan.title && formatCell(plan.title, record.fields[plan.title.id], names);
  return (
    <>
      <span className={classes.line}>
        <span className={classes.title}>{title || en.data.unnamed}</span>
        {cell(plan.badge)}
      </span>
      <span className={classes.line}>
        <span className={classes.details}>
          {plan.details.map((field) => (
            <span key={field.id} className={classes.detail}>
              {cell(field)}
            </span>
          ))}
        </span>
        {plan.amount && (
          <span className="num">{formatCell(plan.amount, record.fields[plan.amount.id])}</span>
        )}
      </span>
    </>
  );
}
