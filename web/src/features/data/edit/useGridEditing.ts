import { useState } from 'react';
import { MOST_RECORDS } from '@/api/records';
import type { Field, Names } from '@/api/types';
import { en } from '@/locales/en';
import { toast } from '@/ui/toast';
import { type Cell, rangeOf, type Selection } from '../grid/selection';
import type { LoadedRow } from '../grid/useRows';
import { useEditing } from './EditContext';
import type { Move } from './editors/types';
import { editorKind, isOpened } from './kinds';
import { type Copied, cleared, pastedChanges, pastedRecord, planPaste, problemsIn } from './paste';
import type { CellChange } from './useEdits';
import { isSame, toWire } from './wire';

const t = en.grid;

export interface EditedCell extends Cell {
  seed?: string;
}

interface Options {
  fields: Field[];
  total: number;
  /** No sort and no filter: what is made stands at the end. */
  isPlain: boolean;
  selection: Selection;
  select: (next: Selection) => void;
  rowAt: (row: number) => LoadedRow | undefined;
  readRows: (first: number, last: number) => Promise<LoadedRow[]>;
  focus: () => void;
}

/** What a person can do to the cells of a grid. */
export function useGridEditing(options: Options) {
  const { fields, total, isPlain, selection, select, rowAt, readRows, focus } = options;
  const { mayWrite, edits } = useEditing();
  const [editing, setEditing] = useState<EditedCell>();
  const [note, setNote] = useState<Cell & { fieldId: string; text: string }>();
  const { active } = selection;
  const isNoteHere = note?.row === active.row && note.column === active.column;
  const range = rangeOf(selection);
  const goTo = (cell: Cell) => {
    const row = Math.max(0, Math.min(total - 1, cell.row));
    const column = Math.max(0, Math.min(fields.length - 1, cell.column));
    select({ active: { row, column }, anchor: { row, column } });
  };

  const set = (row: LoadedRow, field: Field, value: unknown, names?: Names) => {
    const before = row.record.fields[field.id];
    if (isSame(before, value)) return edits.mark(row.record.id, [field.id]);
    const change = {
      id: row.record.id,
      before: { [field.id]: before },
      shown: { [field.id]: value },
      sent: { [field.id]: toWire(field, value) },
    };
    void edits.update({ changes: [change], names });
  };

  const begin = (seed?: string) => {
    const field = fields[active.column];
    const row = rowAt(active.row);
    if (!mayWrite || !field || !row) return;
    if (!isOpened(field)) return setNote({ ...active, fieldId: field.id, text: t.computed });
    if (field.type === 'checkbox') return seed === undefined ? toggle() : undefined;
    const stars = field.type === 'rating' && seed !== undefined && /^\d$/.test(seed);
    if (stars && Number(seed) <= (field.options?.max ?? 5)) {
      return set(row, field, Number(seed) || null);
    }
    setEditing({ ...active, seed });
  };

  const toggle = () => {
    const field = fields[active.column];
    const row = rowAt(active.row);
    if (!mayWrite || !row || field?.type !== 'checkbox') return;
    set(row, field, row.record.fields[field.id] === true ? null : true);
  };

  const commit = (value: unknown, move: Move, names?: Names) => {
    const row = editing && rowAt(editing.row);
    const field = editing && fields[editing.column];
    setEditing(undefined);
    if (row && field) set(row, field, value, names);
    if (editing && move !== 'stay') {
      goTo(moved(editing, move));
      focus();
    }
  };

  const cancel = (problem?: string) => {
    const row = editing && rowAt(editing.row);
    const field = editing && fields[editing.column];
    setEditing(undefined);
    if (problem && row && field) edits.mark(row.record.id, [field.id], problem);
    else focus();
  };

  /** Closes an editor that has nothing to take over. */
  const leave = () => {
    const field = editing && fields[editing.column];
    if (field && editorKind(field) === 'files') setEditing(undefined);
  };

  const clear = async () => {
    if (!mayWrite || !fits(range.bottom - range.top + 1)) return;
    const inRange = fields.slice(range.left, range.right + 1);
    const rows = await readRows(range.top, range.bottom);
    const changes = rows.flatMap(({ record }): CellChange[] => {
      const sent = cleared(inRange, record.fields);
      const ids = Object.keys(sent);
      const before = Object.fromEntries(ids.map((id) => [id, record.fields[id]]));
      return ids.length > 0 ? [{ id: record.id, before, shown: sent, sent }] : [];
    });
    await edits.update({ changes });
  };

  const paste = async (block: Copied[][], names: Names) => {
    if (!mayWrite || block.length === 0) return;
    const plan = planPaste(block, range, fields);
    if (!fits(plan.rows.length)) return;
    const old = plan.rows.filter(({ row }) => row < total);
    const rows = old.length > 0 ? await readRows(range.top, range.top + old.length - 1) : [];
    const { changes, problems } = pastedChanges(
      old.map(({ cells }) => cells),
      rows.map(({ record }) => record),
    );
    const added = plan.rows.filter(({ row }) => row >= total).map(({ cells }) => cells);
    const bottom = isPlain ? plan.range.bottom : Math.min(total - 1, plan.range.bottom);
    await edits.update({ changes, names, typecast: true });
    for (const { id, fieldId, problem } of problems) edits.mark(id, [fieldId], problem);
    if (added.length > 0) await edits.create(added.map(pastedRecord), isPlain);
    select({
      active: { row: range.top, column: range.left },
      anchor: { row: bottom, column: plan.range.right },
    });
    const skipped = added.reduce((sum, cells) => sum + problemsIn(cells), plan.skipped);
    if (skipped > 0) toast(t.cellsSkipped(skipped));
  };

  const add = async () => {
    if (!mayWrite) return;
    const made = await edits.create([{}], isPlain);
    if (!made) return;
    if (!isPlain) return toast(t.madeElsewhere);
    select({ active: { row: total, column: 0 }, anchor: { row: total, column: 0 } });
    focus();
  };

  const removeRows = async () => {
    if (!mayWrite || total === 0 || !fits(range.bottom - range.top + 1)) return;
    const rows = await readRows(range.top, range.bottom);
    goTo({ row: Math.min(range.top, total - rows.length - 1), column: active.column });
    await edits.remove(rows.map(({ record }) => record.id));
  };

  /** What is wrong with the cells of a row, or why one cannot be edited. */
  const problemsAt = (row: number, recordId = '') =>
    isNoteHere && row === note.row ? { [note.fieldId]: note.text } : edits.errors[recordId];

  return {
    editing,
    problemsAt,
    begin,
    toggle,
    commit,
    cancel,
    leave,
    clear,
    paste,
    add,
    removeRows,
  };
}

export type GridEditing = ReturnType<typeof useGridEditing>;

function fits(rows: number) {
  if (rows <= MOST_RECORDS) return true;
  toast(t.tooManyRows(MOST_RECORDS));
  return false;
}

/** The cell beside one. */
function moved({ row, column }: Cell, move: Move): Cell {
  switch (move) {
    case 'down':
      return { row: row + 1, column };
    case 'up':
      return { row: row - 1, column };
    case 'left':
      return { row, column: column - 1 };
    case 'right':
      return { row, column: column + 1 };
    default:
      return { row, column };
  }
}
