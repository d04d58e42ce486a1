import { useElementSize, useMergedRef } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { RowsKey } from '@/api/queries';
import type { Field, Table } from '@/api/types';
import { en } from '@/locales/en';
import { useEditing } from '../edit/EditContext';
import { useGridEditing } from '../edit/useGridEditing';
import type { Sort } from '../search';
import classes from './Grid.module.css';
import { GridFooter } from './GridFooter';
import { GridHeader } from './GridHeader';
import { GridRow } from './GridRow';
import { RowsError } from './RowsError';
import { rangeOf, type Selection } from './selection';
import type { Columns } from './useColumns';
import { useGridKeys } from './useGridKeys';
import { useGridPointer } from './useGridPointer';
import { useRowReader, useRows } from './useRows';
import { columnWindow } from './windowing';

export const ROW_HEIGHT = 36;
export const HEADER_HEIGHT = 38;
export const NUMBER_WIDTH = 56;
const ADD_WIDTH = 48;

const FIRST = { row: 0, column: 0 };
/** Rows that an edited cell may be away from the view before its editor closes; fewer than are kept around it. */
const NEAR = 6;

interface Props {
  table: Table;
  source: RowsKey;
  columns: Columns;
  sorts: Sort[];
  openRow?: number;
  onSort: (sorts: Sort[]) => void;
  onField: (field: Field | 'new') => void;
  onOpen: (row: number) => void;
}

export function Grid({ table, source, columns, sorts, openRow, onSort, onField, onOpen }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: sizeRef, width: viewWidth } = useElementSize();
  const mergedRef = useMergedRef(scroller, sizeRef);
  const [left, setLeft] = useState(0);
  const [total, setTotal] = useState(table.record_count);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
    scrollMargin: HEADER_HEIGHT,
    scrollPaddingStart: HEADER_HEIGHT,
    useFlushSync: false,
  });
  useEffect(() => {
    if (openRow !== undefined) virtual.scrollToIndex(openRow);
  }, [openRow, virtual]);
  useShowNewColumn(scroller, columns);
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const loaded = useRows(source, first, last);
  if (loaded.total !== undefined && loaded.total !== total) setTotal(loaded.total);

  const widths = columns.columns.slice(1).map((column) => column.width);
  const frozen = NUMBER_WIDTH + (columns.columns[0]?.width ?? 0);
  const view = columnWindow(widths, left, Math.max(200, viewWidth - frozen));
  const totalWidth = frozen + widths.reduce((sum, width) => sum + width, 0);
  const { mayWrite, maySchema } = useEditing();
  const [selection, select] = useState<Selection>({ active: FIRST, anchor: FIRST });
  const readRows = useRowReader(source);
  const editing = useGridEditing({
    fields: columns.columns.map((column) => column.field),
    total,
    isPlain: !source.sort && !source.filter,
    selection,
    select,
    rowAt: loaded.rowAt,
    readRows,
    focus: () => scroller.current?.focus({ preventScroll: true }),
  });
  const keys = useGridKeys({
    columns,
    total,
    selection,
    select,
    editing,
    readRows,
    scroller,
    virtual,
    onScrolled: () => setLeft(quantise(scroller.current?.scrollLeft ?? 0)),
    onOpen,
  });
  const pointer = useGridPointer(selection, select);
  const range = rangeOf(selection);
  const { active } = selection;
  const edited = editing.editing;
  useEffect(() => {
    // A record that was just made stands there.
    if (active.row > 0 && active.row === total - 1) virtual.scrollToIndex(active.row);
  }, [active.row, total, virtual]);
  const isColumnDrawn =
    active.column === 0 || (active.column > view.from && active.column <= view.to);
  const isActiveDrawn = isColumnDrawn && items.some(({ index }) => index === active.row);

  if (loaded.failed && !items.some((item) => loaded.rowAt(item.index))) {
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
      <div
        ref={mergedRef}
        className={classes.scroller}
        role="grid"
        tabIndex={0}
        aria-label={table.name}
        aria-rowcount={total + 1}
        aria-colcount={columns.columns.length}
        aria-multiselectable="true"
        aria-describedby={mayWrite ? 'grid-leave' : undefined}
        aria-activedescendant={isActiveDrawn ? `c${active.row}-${active.column}` : undefined}
        onKeyDown={keys.onKeyDown}
        onDoubleClick={(event) => isCell(event) && editing.begin()}
        onScroll={(event) => {
          setLeft(quantise(event.currentTarget.scrollLeft));
          if (edited && isFar(event.currentTarget, edited.row)) {
            blurEditor();
            editing.leave();
          }
        }}
        {...pointer}
      >
        <div style={{ width: totalWidth + (maySchema ? ADD_WIDTH : 0) }}>
          <GridHeader
            columns={columns}
            view={view}
            sorts={sorts}
            end={totalWidth}
            menuColumn={keys.menuColumn}
            onMenu={keys.setMenuColumn}
            onSort={onSort}
            onField={maySchema ? onField : undefined}
          />
          <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const isSelected = item.index >= range.top && item.index <= range.bottom;
              return (
                <GridRow
                  key={item.index}
                  index={item.index}
                  top={item.start - HEADER_HEIGHT}
                  row={loaded.rowAt(item.index)}
                  columns={columns.columns}
                  from={view.from}
                  to={view.to}
                  before={view.before}
                  left={isSelected ? range.left : -1}
                  right={isSelected ? range.right : -1}
                  activeColumn={item.index === active.row ? active.column : -1}
                  isOpen={openRow === item.index}
                  edited={item.index === edited?.row ? edited : undefined}
                  errors={editing.problemsAt(item.index, loaded.rowAt(item.index)?.record.id)}
                  onOpen={onOpen}
                  onCommit={editing.commit}
                  onCancel={editing.cancel}
                />
              );
            })}
          </div>
          <GridEnd
            note={loaded.total === 0 ? (source.filter ? en.grid.noMatch : en.data.noRecords) : ''}
            onAdd={mayWrite ? () => void editing.add() : undefined}
          />
        </div>
      </div>
      <span id="grid-leave" className="srOnly">
        {en.grid.leave}
      </span>
      <GridFooter
        hint={mayWrite ? en.grid.hint : en.data.hint}
        total={total}
        range={range}
        columns={columns.columns}
        rowAt={loaded.rowAt}
      />
    </>
  );
}

/** A field that was just added stands at the end, which may be out of sight. */
function useShowNewColumn(scroller: RefObject<HTMLDivElement | null>, { columns }: Columns) {
  const known = useRef({ count: columns.length, last: columns.at(-1)?.field.id });
  const [count, last] = [columns.length, columns.at(-1)?.field.id];
  useEffect(() => {
    const old = known.current;
    known.current = { count, last };
    const isAdded = count === old.count + 1 && last !== old.last;
    if (isAdded && scroller.current) scroller.current.scrollLeft = scroller.current.scrollWidth;
  }, [count, last, scroller]);
}

/** What stands below the last record. */
function GridEnd({ note, onAdd }: { note: string; onAdd?: () => void }) {
  if (!note && !onAdd) return null;
  return (
    <div role="rowgroup">
      <div role="row">
        <div role="gridcell" className={classes.end}>
          {note && <p className={classes.nothing}>{note}</p>}
          {onAdd && (
            <button type="button" tabIndex={-1} className={classes.add} onClick={onAdd}>
              <IconPlus size={16} stroke={1.8} />
              {en.grid.add}
            </button>
          )}
        </div>
      </div>
    </div>
  );
}

function isCell(event: MouseEvent) {
  const target = event.target as HTMLElement;
  return target.closest('[data-column]') !== null && !target.closest('a, button, input, textarea');
}

function isFar(scroller: HTMLElement, row: number) {
  const top = row * ROW_HEIGHT - scroller.scrollTop;
  return top < -NEAR * ROW_HEIGHT || top > scroller.clientHeight + NEAR * ROW_HEIGHT;
}

/** Its text is taken over then, as when one clicks elsewhere. */
function blurEditor() {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

/** Columns change seldom while scrolling; steps keep React out of most horizontal scroll events. */
function quantise(left: number) {
  return Math.floor(left / 40) * 40;
}
