import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { undoChange } from '@/api/changes';
import { ApiError } from '@/api/client';
import {
  type Cells,
  createRecords,
  deleteRecords,
  type TableKey,
  updateRecords,
  type WrittenRecords,
} from '@/api/records';
import type { Names, RowPage } from '@/api/types';
import { en } from '@/locales/en';
import { toast, toastAction, toastProblem } from '@/ui/toast';
import { merged, withCells, withMore, withRecords } from './pages';

const t = en.grid;
const TOAST = 'own-change';

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
  names?: Names;
  typecast?: boolean;
}

export type CellErrors = Record<string, Record<string, string>>;

/** Own writes to a table: shown at once, sent in turn, put back when refused, undone from last to first. */
export function useEdits(table: TableKey) {
  const queryClient = useQueryClient();
  const [errors, setErrors] = useState<CellErrors>({});
  const { baseId, tableId } = table;
  const log = useRef({
    queue: Promise.resolve() as Promise<unknown>,
    waiting: new Map<string, Cells[]>(),
    undo: [] as string[],
    redo: [] as string[],
  });
  const actions = useMemo(() => {
    const { current } = log;
    const key = { baseId, tableId };
    const patchPages = (change: (page: RowPage) => RowPage) =>
      queryClient.setQueriesData<RowPage>(
        { queryKey: ['rows', baseId, tableId] },
        (page) => page && change(page),
      );
    const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
      const next = current.queue.then(run, run);
      current.queue = next.catch(() => {});
      return next;
    };
    const forgetOthers = () => {
      void queryClient.invalidateQueries({ queryKey: ['rows', baseId], refetchType: 'none' });
      void queryClient.invalidateQueries({ queryKey: ['changes'], refetchType: 'none' });
    };
    const reload = () => {
      void queryClient.invalidateQueries({ queryKey: ['rows', baseId] });
      void queryClient.invalidateQueries({ queryKey: ['base', baseId] });
      void queryClient.invalidateQueries({ queryKey: ['bases'] });
    };
    const mark = (id: string, fieldIds: string[], message?: string) =>
      setErrors((old) => {
        const known = fieldIds.some((fieldId) => old[id]?.[fieldId]);
        if (!known && message === undefined) return old;
        const cells = { ...old[id] };
        for (const fieldId of fieldIds) {
          if (message === undefined) delete cells[fieldId];
          else cells[fieldId] = message;
        }
        return { ...old, [id]: cells };
      });

    const undo = async (from: 'undo' | 'redo') => {
      await current.queue;
      const id = current[from].pop();
      if (!id) return toast(from === 'undo' ? t.nothingToUndo : t.nothingToRedo);
      try {
        const report = await inTurn(() => undoChange(id, {}));
        const other = from === 'undo' ? current.redo : current.undo;
        if (report.undo) other.push(report.undo);
        const left = report.totals.conflict + report.totals.irreversible;
        const done = from === 'undo' ? t.undone : t.redone;
        const message = left > 0 ? t.undoneInPart(report.totals.restored, left) : done;
        const back = from === 'undo' ? 'redo' : 'undo';
        if (report.undo)
          toastAction(message, { label: t[back], onClick: () => void undo(back) }, TOAST);
        else toast(message);
      } catch (error) {
        toastProblem(error);
      }
      reload();
    };

    const remember = (change: string | null, message: string) => {
      if (!change) return toast(message);
      current.undo.push(change);
      current.redo.length = 0;
      const action = { label: t.undo, onClick: () => void undo('undo') };
      toastAction(message, action, TOAST);
    };

    const settle = (written: WrittenRecords) => {
      const byId = new Map(written.records.map((record) => [record.id, record]));
      patchPages((page) =>
        withRecords(
          page,
          (old) => {
            const record = byId.get(old.id);
            // What is still on its way is newer than this answer.
            const newer = current.waiting.get(old.id) ?? [];
            return record && { ...record, fields: newer.reduce(merged, record.fields) };
          },
          written.names,
        ),
      );
    };

    const refuse = ({ changes }: Update, error: unknown) => {
      const before = changes.map(({ id, before }) => [id, before] as const);
      patchPages((page) => withCells(page, new Map(before)));
      const message = reasonOf(error);
      for (const { id, sent } of changes) mark(id, Object.keys(sent), message);
      if (changes.length > 1) toastProblem(error);
    };

    const update = async (update: Update) => {
      const { changes, names, typecast = false } = update;
      if (changes.length === 0) return;
      for (const { id, shown, sent } of changes) {
        mark(id, Object.keys(sent));
        current.waiting.set(id, [...(current.waiting.get(id) ?? []), shown]);
      }
      patchPages((page) => withCells(page, new Map(changes.map((c) => [c.id, c.shown])), names));
      const release = () => {
        for (const { id, shown } of changes) {
          const left = (current.waiting.get(id) ?? []).filter((one) => one !== shown);
          if (left.length > 0) current.waiting.set(id, left);
          else current.waiting.delete(id);
        }
      };
      const records = changes.map(({ id, sent }) => ({ id, fields: sent }));
      try {
        const written = await inTurn(() => updateRecords(key, records, typecast));
        release();
        settle(written);
        const cells = changes.reduce((sum, { sent }) => sum + Object.keys(sent).length, 0);
        remember(written.change_set_id, t.cellsChanged(cells));
      } catch (error) {
        release();
        refuse(update, error);
      }
      forgetOthers();
    };

    /** Makes records; they stand at the end, unless the view is sorted or filtered. */
    const create = async (records: Cells[], isPlain: boolean) => {
      try {
        const written = await inTurn(() => createRecords(key, records));
        if (isPlain) patchPages((page) => withMore(page, written.records, written.names));
        else void queryClient.invalidateQueries({ queryKey: ['rows', baseId, tableId] });
        void queryClient.invalidateQueries({ queryKey: ['base', baseId] });
        void queryClient.invalidateQueries({ queryKey: ['bases'] });
        remember(written.change_set_id, t.recordsMade(written.records.length));
        forgetOthers();
        return written.records;
      } catch (error) {
        toastProblem(error);
        return undefined;
      }
    };

    const remove = async (ids: string[]) => {
      try {
        const gone = await inTurn(() => deleteRecords(key, ids));
        remember(gone.change_set_id, t.recordsDeleted(gone.ids.length));
        reload();
      } catch (error) {
        toastProblem(error);
      }
    };

    return { update, create, remove, mark, undo };
  }, [queryClient, baseId, tableId]);
  return useMemo(() => ({ ...actions, errors }), [actions, errors]);
}

function reasonOf(error: unknown) {
  if (!(error instanceof ApiError)) return en.common.failed;
  const { title, detail, errors } = error.problem;
  return detail ?? errors?.[0]?.message ?? title;
}
