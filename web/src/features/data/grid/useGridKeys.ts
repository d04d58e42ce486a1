import type { Virtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useRef, useState } from 'react';
import type { Names } from '@/api/types';
import { en } from '@/locales/en';
import { formatCell } from '@/ui/cells/formatCell';
import { copyText } from '@/ui/copyText';
import { toast, toastProblem } from '@/ui/toast';
import { useEditing } from '../edit/EditContext';
import type { Copied } from '../edit/paste';
import type { GridEditing } from '../edit/useGridEditing';
import { catchPaste } from './catchPaste';
import { moveByKey, rangeOf, type Selection, tabbed } from './selection';
import { fromTsv, toTsv } from './tsv';
import type { Columns } from './useColumns';
import type { LoadedRow } from './useRows';

const MAX_COPIED_ROWS = 10_000;

interface Options {
  columns: Columns;
  total: number;
  selection: Selection;
  select: (next: Selection) => void;
  editing: GridEditing;
  readRows: (first: number, last: number) => Promise<LoadedRow[]>;
  scroller: RefObject<HTMLDivElement | null>;
  virtual: Virtualizer<HTMLDivElement, Element>;
  /** The event of a scroll comes later, when a key may already be meant for a cell that is not drawn. */
  onScrolled: () => void;
  onOpen: (row: number) => void;
}

export function useGridKeys(options: Options) {
  const { columns, total, selection, select, editing, scroller, virtual } = options;
  const { onScrolled, onOpen } = options;
  const { mayWrite, edits } = useEditing();
  const [menuColumn, setMenuColumn] = useState(-1);
  const mayLeave = useRef(false);
  const { active } = selection;
  const clipboard = useClipboard(options);
  const show = (next: Selection) => {
    select(next);
    virtual.scrollToIndex(next.active.row);
    if (next.active.column !== active.column || next.active.column > 0) {
      scrollToColumn(scroller.current, columns, next.active.column);
      onScrolled();
    }
  };
  const command = (event: KeyboardEvent, isControl: boolean): (() => void) | undefined => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const isCheckbox = columns.columns[active.column]?.field.type === 'checkbox';
    if (isControl && key === 'c') return clipboard.copy;
    if (isControl && key === 'x') return clipboard.cut;
    if (isControl && key === 'z') return () => void edits.undo(event.shiftKey ? 'redo' : 'undo');
    if (isControl && key === 'y') return () => void edits.undo('redo');
    if (key === 'Delete' || key === 'Backspace') {
      return isControl ? () => void editing.removeRows() : () => void editing.clear();
    }
    if (key === 'Enter' && event.shiftKey) return () => void editing.add();
    if (key === 'Enter' && !isControl) return mayWrite ? () => editing.begin() : undefined;
    if (key === 'F2') return () => editing.begin();
    if (key === ' ' && isCheckbox && mayWrite) return editing.toggle;
    if (key === ' ') return () => onOpen(active.row);
    if (event.altKey && key === 'ArrowDown') return () => setMenuColumn(active.column);
    const isTyped = event.key.length === 1 && !isControl && !event.altKey;
    return isTyped && mayWrite ? () => editing.begin(event.key) : undefined;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const isControl = event.ctrlKey || event.metaKey;
    if (event.key === 'Tab' && !isControl && !event.altKey) {
      const next = tabbed(active, event.shiftKey, { rows: total, columns: columns.columns.length });
      if (!mayWrite || mayLeave.current || !next) return;
      event.preventDefault();
      return show({ active: next, anchor: next });
    }
    mayLeave.current = event.key === 'Escape';
    // Its default is wanted: the paste itself.
    if (isControl && event.key.toLowerCase() === 'v' && mayWrite) return clipboard.paste();
    const run = command(event, isControl);
    if (run) {
      event.preventDefault();
      // Single letters are shortcuts of the page elsewhere.
      event.stopPropagation();
      return run();
    }
    if (event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / 36) - 2);
    const extent = { rows: total, columns: columns.columns.length, page };
    const { key, shiftKey } = event;
    const next = moveByKey(selection, { key, shiftKey, isControl }, extent);
    if (!next) return;
    event.preventDefault();
    show(next);
  };
  return { menuColumn, setMenuColumn, onKeyDown };
}

function scrollToColumn(element: HTMLDivElement | null, { columns }: Columns, column: number) {
  if (!element) return;
  if (column === 0) {
    element.scrollLeft = 0;
    return;
  }
  const frozen = 56 + (columns[0]?.width ?? 0);
  const start = columns.slice(1, column).reduce((sum, c) => sum + c.width, 0);
  const end = start + (columns[column]?.width ?? 0);
  const view = element.clientWidth - frozen;
  if (start < element.scrollLeft) element.scrollLeft = start;
  else if (end > element.scrollLeft + view) element.scrollLeft = end - view;
}

/** Copies as tab-separated text; what comes back unchanged is pasted with its values, not as text. */
function useClipboard({ columns, selection, readRows, editing }: Options) {
  const copied = useRef<{ text: string; block: Copied[][]; names: Names }>(undefined);
  const write = async () => {
    const { top, bottom, left, right } = rangeOf(selection);
    if (bottom - top >= MAX_COPIED_ROWS) {
      toast(en.data.copyTooMany(MAX_COPIED_ROWS));
      return false;
    }
    const fields = columns.columns.slice(left, right + 1).map((column) => column.field);
    const rows = await readRows(top, bottom);
    const block = rows.map(({ record, names }) =>
      fields.map((field): Copied => {
        const value = record.fields[field.id];
        return { text: formatCell(field, value, names), field, value };
      }),
    );
    const text = toTsv(block.map((row) => row.map((cell) => cell.text)));
    const names = Object.assign({}, ...rows.map((row) => row.names));
    copied.current = { text, block, names };
    if (!(await copyText(text))) return false;
    toast(en.data.copiedCells(rows.length * fields.length));
    return true;
  };
  const paste = (text: string) => {
    const own = copied.current;
    const isOwn = own !== undefined && own.text === text.replaceAll('\r\n', '\n');
    const block = isOwn ? own.block : fromTsv(text).map((row) => row.map((t) => ({ text: t })));
    editing.paste(block, isOwn ? own.names : {}).catch(toastProblem);
  };
  return {
    paste: () => catchPaste(paste),
    copy: () => void write().catch(toastProblem),
    cut: () => {
      const clear = (isDone: boolean) => (isDone ? editing.clear() : undefined);
      void write().then(clear).catch(toastProblem);
    },
  };
}
