import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import type { RowsKey } from '@/api/queries';
import type { Table } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import type { Sort } from '../search';
import classes from './Grid.module.css';
import { GridFooter } from './GridFooter';
import { GridHeader } from './GridHeader';
import { GridRow } from './GridRow';
import { rangeOf } from './selection';
import type { Columns } from './useColumns';
import { useGridKeys } from './useGridKeys';
import { useGridPointer } from './useGridPointer';
import { useRows } from './useRows';
import { columnWindow } from './windowing';

export const ROW_HEIGHT = 36;
export const HEADER_HEIGHT = 38;
export const NUMBER_WIDTH = 56;

interface Props {
  table: Table;
  source: RowsKey;
  columns: Columns;
  sort?: Sort;
  openRow?: number;
  onSort: (sort: Sort | undefined) => void;
  onOpen: (row: number) => void;
}

export function Grid({ table, source, columns, sort, openRow, onSort, onOpen }: Props) {
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
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const loaded = useRows(source, first, last);
  if (loaded.total !== undefined && loaded.total !== total) setTotal(loaded.total);

  const widths = columns.columns.slice(1).map((column) => column.width);
  const frozen = NUMBER_WIDTH + (columns.columns[0]?.width ?? 0);
  const view = columnWindow(widths, left, Math.max(200, viewWidth - frozen));
  const totalWidth = frozen + widths.reduce((sum, width) => sum + width, 0);
  const keys = useGridKeys({ source, columns, total, scroller, virtual, onOpen });
  const pointer = useGridPointer(keys.selection, keys.select);
  const range = rangeOf(keys.selection);
  const { active } = keys.selection;
  const isActiveShown = active.row >= first && active.row <= last;

  if (loaded.failed && !items.some((item) => loaded.rowAt(item.index))) {
    return <ErrorState error={loaded.failed.error} onRetry={() => loaded.failed?.refetch()} />;
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
        aria-activedescendant={isActiveShown ? `c${active.row}-${active.column}` : undefined}
        onKeyDown={keys.onKeyDown}
        onScroll={(event) => setLeft(quantise(event.currentTarget.scrollLeft))}
        {...pointer}
      >
        <div style={{ width: totalWidth }}>
          <GridHeader
            columns={columns}
            view={view}
            sort={sort}
            menuColumn={keys.menuColumn}
            onMenu={keys.setMenuColumn}
            onSort={onSort}
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
                  onOpen={onOpen}
                />
              );
            })}
          </div>
        </div>
      </div>
      <GridFooter total={total} range={range} columns={columns.columns} rowAt={loaded.rowAt} />
    </>
  );
}

/** Columns change seldom while scrolling; steps keep React out of most horizontal scroll events. */
function quantise(left: number) {
  return Math.floor(left / 40) * 40;
}
