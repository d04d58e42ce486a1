import type { Field } from '@/api/types';
import { en } from '@/locales/en';
import { formatDuration } from '@/ui/cells/numbers';
import { isRecord, text as plain } from '@/ui/cells/values';
import { editDate, parseDate, parseDateTime } from './dateText';

const t = en.grid.wrong;

/** A value for a cell, a text that only the server can turn into one, or why there is none. */
export type Parsed = { value: unknown } | { text: string } | { problem: string };

const EMPTY: Parsed = { value: null };

/** What a text means in a field. */
export function parseCell(field: Field, text: string): Parsed {
  const trimmed = text.trim();
  if (!trimmed) return EMPTY;
  const options = field.options ?? {};
  switch (field.type) {
    case 'multilineText':
    case 'richText':
      return { value: text };
    case 'number':
    case 'currency':
      return orProblem(parseNumber(trimmed), t.number);
    case 'percent':
      return orProblem(shifted(parseNumber(trimmed.replace('%', '')), -2), t.number);
    case 'duration':
      return orProblem(parseDuration(trimmed, options.durationFormat), t.duration);
    case 'rating':
      return parseRating(trimmed, options.max ?? 5);
    case 'checkbox':
      return orProblem(parseFlag(trimmed), t.checkbox);
    case 'date':
      return orProblem(parseDate(trimmed, options), t.date);
    case 'dateTime':
      return orProblem(parseDateTime(trimmed, options), t.dateTime);
    case 'singleSelect':
      return parseChoice(field, trimmed);
    case 'multipleSelects':
      return parseChoices(field, trimmed);
    case 'multipleRecordLinks':
    case 'singleCollaborator':
    case 'multipleCollaborators':
      return { text: trimmed };
    case 'barcode':
      return { value: { text: trimmed } };
    default:
      return { value: trimmed.replace(/\s*[\r\n]+\s*/g, ' ') };
  }
}

/** The text that a cell is edited as. */
export function editText(field: Field, value: unknown): string {
  if (value === undefined || value === null) return '';
  const options = field.options ?? {};
  switch (field.type) {
    case 'percent':
      return String(shifted(Number(value), 2));
    case 'duration':
      return formatDuration(Number(value), options.durationFormat);
    case 'date':
      return editDate(plain(value), options, false);
    case 'dateTime':
      return editDate(plain(value), options, true);
    case 'barcode':
      return isRecord(value) ? plain(value.text) : plain(value);
    default:
      return plain(value);
  }
}

function orProblem(value: unknown, problem: string): Parsed {
  return value === undefined ? { problem } : { value };
}

/** A number with whatever currency sign and separators spreadsheets put around it. */
export function parseNumber(text: string): number | undefined {
  const isNegative = /^\(.*\)$/.test(text) || /^[^\d.,]*[-−]/.test(text);
  const bare = text.replace(/[^\d.,eE+-]/g, '').replace(/^[+-]+/, '');
  const digits = asEnglish(bare);
  if (!/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits)) return undefined;
  if (/[a-df-z]{3,}/i.test(text) || /\d\s*[a-z]{2,}\s*\d/i.test(text)) return undefined;
  const value = Number(digits);
  return isNegative ? -value : value;
}

/** The last separator of a number is its point, unless it stands before every group of three. */
function asEnglish(text: string) {
  const [comma, point] = [text.lastIndexOf(','), text.lastIndexOf('.')];
  if (comma < 0) return text;
  if (point > comma) return text.replaceAll(',', '');
  if (point >= 0) return text.replaceAll('.', '').replace(',', '.');
  return /^\d{1,3}(,\d{3})+$/.test(text) ? text.replaceAll(',', '') : text.replace(',', '.');
}

/** Moves the point without the noise of binary fractions. */
function shifted(value: number | undefined, places: number) {
  return value === undefined ? undefined : Number(`${value}e${places}`);
}

/** `1:30`, `1:30:05.2`, or a bare number in the smallest unit that the field shows. */
export function parseDuration(text: string, pattern = 'h:mm'): number | undefined {
  const found = /^(-?)(\d+):([0-5]?\d)(?::([0-5]?\d(?:\.\d+)?))?$/.exec(text);
  if (found) {
    const [hours = 0, minutes = 0, seconds = 0] = found.slice(2).map((part) => Number(part ?? 0));
    return (found[1] ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
  }
  const bare = /^-?[\d.,]+$/.test(text) ? parseNumber(text) : undefined;
  return bare === undefined ? undefined : bare * (pattern.includes(':ss') ? 1 : 60);
}

function parseRating(text: string, max: number): Parsed {
  const stars = Number(text);
  if (!Number.isInteger(stars) || stars < 0 || stars > max) return { problem: t.rating(max) };
  return { value: stars === 0 ? null : stars };
}

const YES = ['✓', 'true', 'yes', 'x', '1', 'checked', 'on'];
const NO = ['false', 'no', '0', 'unchecked', 'off'];

function parseFlag(text: string): true | null | undefined {
  const word = text.toLowerCase();
  if (YES.includes(word)) return true;
  return NO.includes(word) ? null : undefined;
}

function choiceNamed(field: Field, name: string) {
  const wanted = name.trim().toLowerCase();
  return field.options?.choices?.find((choice) => choice.name.toLowerCase() === wanted)?.name;
}

function parseChoice(field: Field, text: string): Parsed {
  const name = choiceNamed(field, text);
  return name === undefined ? { text } : { value: name };
}

function parseChoices(field: Field, text: string): Parsed {
  const whole = choiceNamed(field, text);
  if (whole !== undefined) return { value: [whole] };
  const names = text.split(/[,\n]/).map((part) => choiceNamed(field, part));
  if (names.includes(undefined)) return { text };
  return { value: [...new Set(names)] };
}
