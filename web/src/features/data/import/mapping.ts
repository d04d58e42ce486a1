import type { Cells } from '@/api/records';
import type { Field } from '@/api/types';
import { en } from '@/locales/en';
import { isEditable } from '../edit/kinds';
import { parseCell } from '../edit/parse';
import { toWire } from '../edit/wire';

/** The field that each column goes into; absent where it is left out. */
export type Columns = (Field | undefined)[];

/** Columns to fields of the same name, whatever its case and spaces; no field twice. */
export function mapByName(header: string[], fields: Field[]): Columns {
  const free = fields.filter(isEditable);
  return header.map((name) => {
    const at = free.findIndex((field) => plain(field.name) === plain(name));
    return at < 0 ? undefined : free.splice(at, 1)[0];
  });
}

/** The mapping with another field for a column, which another column then has no more. */
export function remap(columns: Columns, at: number, field: Field | undefined): Columns {
  return columns.map((old, index) => {
    if (index === at) return field;
    return old && old.id === field?.id ? undefined : old;
  });
}

function plain(name: string) {
  return name.toLowerCase().replace(/[\s_-]+/g, '');
}

/** The cells that a row makes, or why it cannot become a record. */
export function cellsOf(row: string[], columns: Columns): { cells: Cells } | { reason: string } {
  const cells: Cells = {};
  const problems: string[] = [];
  columns.forEach((field, index) => {
    const text = row[index];
    if (!field || !text) return;
    const parsed = parseCell(field, text);
    if ('problem' in parsed) problems.push(en.import.wrongCell(field.name, text, parsed.problem));
    const sent = 'value' in parsed ? toWire(field, parsed.value) : 'text' in parsed && parsed.text;
    if (sent !== null && sent !== false) cells[field.id] = sent;
  });
  return problems.length > 0 ? { reason: problems.join(' ') } : { cells };
}

/** The names of columns: those of the header, else their numbers. */
export function columnNames(rows: string[][], isNamed: boolean): string[] {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const header = isNamed ? (rows[0] ?? []) : [];
  return Array.from({ length: width }, (_, at) => header[at]?.trim() || en.import.column(at + 1));
}

const SAMPLE = 1000;
/** Longer texts are long texts however long. */
const LONGEST_CELL = 300;

/** Rows that stand for all when types are guessed: the first, and some from everywhere behind them. */
export function sampleOf(rows: string[][], width: number): string[][] {
  const rest = rows.slice(SAMPLE);
  const step = Math.max(1, Math.ceil(rest.length / SAMPLE));
  const chosen = [...rows.slice(0, SAMPLE), ...rest.filter((_, at) => at % step === 0)];
  return chosen.map((row) => row.slice(0, width).map((cell) => cell.slice(0, LONGEST_CELL)));
}
