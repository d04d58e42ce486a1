import type { Cells } from '@/api/records';
import type { Field } from '@/api/types';
import type { Range } from '../grid/selection';
import { isClearable, isEditable } from './kinds';
import { type Parsed, parseCell } from './parse';
import { isSame } from './wire';

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
  const full = fields.filter((field) => isClearable(field) && !isSame(cells[field.id], null));
  return Object.fromEntries(full.map((field) => [field.id, null]));
}
