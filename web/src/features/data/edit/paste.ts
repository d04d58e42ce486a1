import type { Cells } from '@/api/records';
import type { Field, RecordRow } from '@/api/types';
import type { Range } from '../grid/selection';
import { isEditable, isOpened } from './kinds';
import { type Parsed, parseCell } from './parse';
import type { CellChange } from './useEdits';
import { isSame, toWire } from './wire';

/** One copied cell: its text, and where it came from a field of ours, the field and the value. */
export interface Copied {
  text: string;
  field?: Field;
  value?: unknown;
}

export interface PastedCell {
  field: Field;
  parsed: Parsed;
}

export interface PastePlan {
  /** By row number; those from the number of rows on are new. */
  rows: { row: number; cells: PastedCell[] }[];
  /** What is selected afterwards. */
  range: Range;
  /** Cells that fell on fields that nobody can set, or beyond the last field. */
  skipped: number;
}

/** What a copied block does where it is pasted: one cell fills a range, blocks repeat where they fit. */
export function planPaste(block: Copied[][], range: Range, fields: Field[]): PastePlan {
  const height = repeated(block.length, range.bottom - range.top + 1);
  const width = repeated(widthOf(block), range.right - range.left + 1);
  const columns = fields.slice(range.left, range.left + width);
  let skipped = height * (width - columns.length);
  const rows = Array.from({ length: height }, (_, index) => {
    const source = block[index % block.length] ?? [];
    const cells = columns.flatMap((field, column) => {
      const copied = source[column % widthOf(block)] ?? { text: '' };
      if (isEditable(field)) return [{ field, parsed: parsedFor(field, copied) }];
      skipped += 1;
      return [];
    });
    return { row: range.top + index, cells };
  });
  const right = range.left + columns.length - 1;
  return { rows, skipped, range: { ...range, bottom: range.top + height - 1, right } };
}

/** What a paste changes in records that are there, and what is wrong with cells of it. */
export function pastedChanges(rows: PastedCell[][], records: RecordRow[]) {
  const problems: { id: string; fieldId: string; problem: string }[] = [];
  const changes = rows.flatMap((cells, index): CellChange[] => {
    const record = records[index];
    if (!record) return [];
    const { id, fields } = record;
    const change: CellChange = { id, before: {}, shown: {}, sent: {} };
    for (const { field, parsed } of cells) {
      if ('problem' in parsed) problems.push({ id, fieldId: field.id, problem: parsed.problem });
      else if (!('value' in parsed)) change.sent[field.id] = parsed.text;
      else if (!isSame(fields[field.id], parsed.value)) {
        change.shown[field.id] = parsed.value;
        change.sent[field.id] = toWire(field, parsed.value);
      }
      if (field.id in change.sent) change.before[field.id] = fields[field.id];
    }
    return Object.keys(change.sent).length > 0 ? [change] : [];
  });
  return { changes, problems };
}

/** The cells of a record that a paste makes; what is wrong is left out. */
export function pastedRecord(cells: PastedCell[]): Cells {
  const known = cells.flatMap(({ field, parsed }) => {
    if ('problem' in parsed) return [];
    const sent = 'value' in parsed ? toWire(field, parsed.value) : parsed.text;
    return sent === null ? [] : [[field.id, sent] as const];
  });
  return Object.fromEntries(known);
}

export function problemsIn(cells: PastedCell[]) {
  return cells.filter(({ parsed }) => 'problem' in parsed).length;
}

function widthOf(block: Copied[][]) {
  return Math.max(1, ...block.map((row) => row.length));
}

function repeated(size: number, room: number) {
  return room % size === 0 ? room : size;
}

/** A value goes over as it is between fields that are alike; everything else goes as text. */
function parsedFor(field: Field, { text, field: from, value }: Copied): Parsed {
  const isAlike = from?.type === field.type && sameTarget(from, field);
  return isAlike ? { value: value ?? null } : parseCell(field, text);
}

function sameTarget(from: Field, to: Field) {
  if (from.id === to.id) return true;
  if (from.type === 'multipleRecordLinks') {
    return from.options?.linkedTableId === to.options?.linkedTableId;
  }
  return !from.type.endsWith('Select') && !from.type.endsWith('Selects');
}

/** The fields of a range whose cells can be emptied and are not. */
export function cleared(fields: Field[], cells: Cells): Cells {
  const full = fields.filter((field) => isOpened(field) && !isSame(cells[field.id], null));
  return Object.fromEntries(full.map((field) => [field.id, null]));
}
