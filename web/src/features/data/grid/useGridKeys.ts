import type { Virtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useState } from 'react';
import type { RowsKey } from '@/api/queries';
import { en } from '@/locales/en';
import { formatCell } from '@/ui/cells/formatCell';
import { copyText } from '@/ui/copyText';
import { toast, toastProblem } from '@/ui/toast';
import { type Cell, moveByKey, rangeOf, type Selection } from './selection';
import { toTsv } from './tsv';
import type { Columns } from './useColumns';
import { useRowReader } from './useRows';

const MAX_COPIED_ROWS = 10_000;
const FIRST: Cell = { row: 0, column: 0 };

interface Options {
  source: RowsKey;
  columns: Columns;
  total: number;
  scroller: RefObject<HTMLDivElement | null>;
  virtual: Virtualizer<HTMLDivElement, Element>;
  onOpen: (row: number) => void;
}

export function useGridKeys({ source, columns, total, scroller, virtual, onOpen }: Options) {
  const [selection, select] = useState<Selection>({ active: FIRST, anchor: FIRST });
  const [menuColumn, setMenuColumn] = useState(-1);
  const copy = useCopy(source, columns, selection);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const isControl = event.ctrlKey || event.metaKey;
    if (isControl && event.key.toLowerCase() === 'c') return done(event, copy);
    if (event.key === ' ') return done(event, () => onOpen(selection.active.row));
    if (event.altKey && event.key === 'ArrowDown') {
      return done(event, () => setMenuColumn(selection.active.column));
    }
    if (event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / 36) - 2);
    const extent = { rows: total, columns: columns.columns.length, page };
    const next = moveByKey(
      selection,
      { key: event.key, shiftKey: event.shiftKey, isControl },
      extent,
    );
    if (!next) return;
    event.preventDefault();
    select(next);
    virtual.scrollToIndex(next.active.row);
    scrollToColumn(scroller.current, columns, next.active.column);
  };
  return { selection, select, menuColumn, setMenuColumn, onKeyDown };
}

function done(event: KeyboardEvent, action: () => void) {
  event.preventDefault();
  action();
}

function scrollToColumn(element: HTMLDivElement | null, { columns }: Columns, column: number) {
  if (!element || column === 0) return;
  const frozen = 56 + (columns[0]?.width ?? 0);
  const start = columns.slice(1, column).reduce((sum, c) => sum + c.width, 0);
  const end = start + (columns[column]?.width ?? 0);
  const view = element.clientWidth - frozen;
  if (start < element.scrollLeft) element.scrollLeft = start;
  else if (end > element.scrollLeft + view) element.scrollLeft = end - view;
}

function useCopy(source: RowsKey, { columns }: Columns, selection: Selection) {
  const readRows = useRowReader(source);
  return async () => {
    const { top, bottom, left, right } = rangeOf(selection);
    if (bottom - top >= MAX_COPIED_ROWS) return toast(en.data.copyTooMany(MAX_COPIED_ROWS));
    const fields = columns.slice(left, right + 1).map((column) => column.field);
    try {
      const rows = await readRows(top, bottom);
      const cells = rows.map(({ record, names }) =>
        fields.map((field) => formatCell(field, record.fields[field.id], names)),
      );
      if (await copyText(toTsv(cells))) toast(en.data.copiedCells(rows.length * fields.length));
    } catch (error) {
      toastProblem(error);
    }
  };
}
