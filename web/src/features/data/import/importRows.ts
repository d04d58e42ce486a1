import { joinChanges, MOST_JOINED } from '@/api/changes';
import { ApiError } from '@/api/client';
import { type Cells, createRecords, freshKey, MOST_RECORDS, type TableKey } from '@/api/records';
import { type Columns, cellsOf } from './mapping';

export interface ImportRow {
  /** Its place in the file, counted from one. */
  number: number;
  cells: string[];
}

export interface RefusedRow extends ImportRow {
  reason: string;
}

export interface Plan {
  table: TableKey;
  rows: ImportRow[];
  columns: Columns;
  /** What was made before the records and belongs to them: the table. */
  change?: string | null;
}

export interface Outcome {
  done: number;
  made: number;
  refused: RefusedRow[];
  /** What an undo takes; nothing where no changes are kept. */
  change?: string;
}

interface Batch {
  rows: ImportRow[];
  records: Cells[];
  key: string;
}

/** Requests whose change sets are joined while more are to come: what is lost when the page is closed stays small. */
const JOINED_AT_ONCE = 20;

/** An import that goes on where it stopped: what was sent without an answer goes out again under its key. */
export function createImport({ table, rows, columns, change }: Plan) {
  const refused: RefusedRow[] = [];
  const loose: string[] = [];
  let [at, made, first] = [0, 0, change ?? undefined];
  let batch: Batch | undefined;
  const outcome = (): Outcome => ({ done: at, made, refused: [...refused], change: first });

  const join = async () => {
    while (first && loose.length > 0) {
      const some = loose.slice(0, MOST_JOINED);
      await joinChanges(first, some);
      loose.splice(0, some.length);
    }
  };
  const keep = (id: string | null | undefined) => {
    if (!id) return;
    if (first) loose.push(id);
    else first = id;
  };
  const next = (): Batch => {
    const taken = rows.slice(at, at + MOST_RECORDS);
    const fit: Batch = { rows: [], records: [], key: freshKey() };
    for (const row of taken) {
      const read = cellsOf(row.cells, columns);
      if ('reason' in read) refused.push({ ...row, reason: read.reason });
      else {
        fit.rows.push(row);
        fit.records.push(read.cells);
      }
    }
    return fit;
  };
  const send = async (sent: Batch) => {
    try {
      const { change_set_id } = await createRecords(table, sent.records, sent.key);
      keep(change_set_id);
      return true;
    } catch (error) {
      if (isDone(error)) {
        keep(changeIn(error));
        return true;
      }
      const reasons = reasonsOf(error);
      if (reasons.size === 0) throw error;
      sent.rows.forEach((row, place) => {
        const reason = reasons.get(place);
        if (reason !== undefined) refused.push({ ...row, reason });
      });
      sent.rows = sent.rows.filter((_, place) => !reasons.has(place));
      sent.records = sent.records.filter((_, place) => !reasons.has(place));
      sent.key = freshKey();
      return false;
    }
  };

  return {
    outcome,
    /** Writes what is left, unless it is told to stop between two requests. */
    async run(signal: AbortSignal, onProgress: (outcome: Outcome) => void) {
      while (at < rows.length && !signal.aborted) {
        batch ??= next();
        while (batch.records.length > 0 && !(await send(batch)));
        made += batch.records.length;
        at = Math.min(at + MOST_RECORDS, rows.length);
        batch = undefined;
        if (loose.length >= JOINED_AT_ONCE) await join();
        onProgress(outcome());
      }
      await join();
      return outcome();
    },
  };
}

export type Import = ReturnType<typeof createImport>;

function isDone(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === 'already_done';
}

/** The change set that the server had made before its answer was lost. */
function changeIn(error: ApiError) {
  return /\bchg\w{14}\b/.exec(error.problem.detail ?? '')?.[0];
}

/** What is wrong with which record of a request. */
function reasonsOf(error: unknown): Map<number, string> {
  const errors = (error instanceof ApiError && error.problem.errors) || [];
  const found = errors.flatMap(({ field, message }) => {
    const place = /^records\[(\d+)\]/.exec(field)?.[1];
    return place === undefined ? [] : [[Number(place), message] as const];
  });
  return new Map(found);
}
