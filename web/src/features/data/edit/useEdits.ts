import { useMemo, useState } from 'react';
import { ApiError } from '@/api/client';
import {
  type Cells,
  createRecords,
  deleteRecords,
  type TableKey,
  updateRecords,
  type WrittenRecords,
} from '@/api/records';
import type { Names } from '@/api/types';
import { en } from '@/locales/en';
import { toastProblem } from '@/ui/toast';
import { withCells, withMore, withRecords } from './pages';
import { createPending } from './pending';
import { reasonOf } from './reasonOf';
import { createTurns } from './turns';
import { useCachedRows } from './useCachedRows';
import { useCellErrors } from './useCellErrors';
import { useOwnChanges } from './useOwnChanges';
import { useUploads } from './useUploads';

const t = en.grid;

export interface CellChange {
  id: string;
  before: Cells;
  /** What the cells show until the answer is there. */
  shown: Cells;
  /** What is sent. */
  sent: Cells;
}

export interface Update {
  changes: CellChange[];
  /** Of records that cells link to now. */
  names?: Names;
  typecast?: boolean;
}

/** Own writes to a table: shown at once, sent in turn, put back when refused; those to a copy go on to Airtable. */
export function useEdits(key: TableKey, isCopy: boolean) {
  const [turns] = useState(createTurns);
  const [pending] = useState(createPending);
  const rows = useCachedRows(key);
  const { errors, mark } = useCellErrors();
  const { undo, remember } = useOwnChanges(turns, rows.reload);
  const actions = useMemo(() => {
    /** Airtable takes ten records at a time, so that a part may be written of what is refused. */
    const isInDoubt = (error: unknown) => isCopy || isUnsettled(error);
    const settle = ({ records, names }: WrittenRecords) => {
      const byId = new Map(records.map((record) => [record.id, pending.over(record)]));
      rows.patch((page) => withRecords(page, ({ id }) => byId.get(id), names));
    };
    const refuse = ({ changes }: Update, error: unknown) => {
      rows.patch((page) => withCells(page, new Map(changes.map((c) => [c.id, c.before]))));
      if (isInDoubt(error)) rows.reload();
      for (const { id, sent } of changes) mark(id, Object.keys(sent), reasonOf(error));
      if (changes.length > 1) toastProblem(error);
    };
    const update = async (update: Update) => {
      const { changes, names, typecast = false } = update;
      if (changes.length === 0) return;
      for (const { id, sent } of changes) mark(id, Object.keys(sent));
      const releases = changes.map(({ id, shown }) => pending.add(id, shown));
      const release = () => {
        for (const one of releases) one();
      };
      rows.patch((page) => withCells(page, new Map(changes.map((c) => [c.id, c.shown])), names));
      const records = changes.map(({ id, sent }) => ({ id, fields: sent }));
      try {
        const written = await turns.take(() => updateRecords(key, records, typecast));
        release();
        settle(written);
        const count = changes.reduce((sum, { sent }) => sum + Object.keys(sent).length, 0);
        remember(written.change_set_id, t.cellsChanged(count));
      } catch (error) {
        release();
        refuse(update, error);
      }
      rows.forgetOthers();
    };
    /** Makes records; `isPlain` says that nothing is sorted or filtered, so that they stand at the end. */
    const create = async (records: Cells[], isPlain: boolean) => {
      try {
        const written = await turns.take(() => createRecords(key, records));
        if (isPlain) rows.patch((page) => withMore(page, written.records, written.names));
        else rows.reload();
        rows.forgetCounts();
        rows.forgetOthers();
        remember(written.change_set_id, t.recordsMade(written.records.length));
        return written.records;
      } catch (error) {
        toastProblem(error);
        if (isInDoubt(error)) rows.reload();
        return undefined;
      }
    };
    const remove = async (ids: string[]) => {
      try {
        const gone = await turns.take(() => deleteRecords(key, ids));
        remember(gone.change_set_id, t.recordsDeleted(gone.ids.length));
      } catch (error) {
        toastProblem(error);
      }
      rows.reload();
    };
    /** Takes in what was written beside the turns: by an upload, which nothing else waits for. */
    const adopt = (written: WrittenRecords, message: string) => {
      settle(written);
      remember(written.change_set_id, message);
      rows.forgetOthers();
    };
    return { update, create, remove, mark, undo, adopt };
  }, [key, isCopy, turns, pending, rows, mark, undo, remember]);
  const uploads = useUploads(key, actions);
  return useMemo(() => ({ ...actions, errors, uploads }), [actions, errors, uploads]);
}

export type Edits = ReturnType<typeof useEdits>;

/** Whether the write may have been made all the same. */
function isUnsettled(error: unknown) {
  const isApi = error instanceof ApiError;
  return !isApi || error.status === 0 || error.status >= 500 || error.code === 'already_done';
}
