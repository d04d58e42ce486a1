import type { FieldConfig, Names } from '@/api/types';
import { asList, isRecord, text } from '../cells/values';

export interface Shown {
  field: FieldConfig;
  value: unknown;
  names: Names;
}

/** A value of the history as a cell shows it: links come with the names of their records. */
export function shown(known: FieldConfig | undefined, value: unknown): Shown {
  const field = fits(known, value) ? known : { type: guess(value) };
  if (field.type !== 'multipleRecordLinks') return { field, value, names: {} };
  const names: Names = {};
  const ids = asList<unknown>(value).map((link) => {
    if (!isRecord(link)) return text(link);
    const id = text(link.id);
    names[id] = text(link.name) || id;
    return id;
  });
  return { field, value: ids, names };
}

/** A field may have another type by now than when the value was written. */
function fits(field: FieldConfig | undefined, value: unknown): field is FieldConfig {
  if (!field) return false;
  const isLinks = guess(value) === 'multipleRecordLinks';
  return isLinks === (field.type === 'multipleRecordLinks') || isEmpty(value);
}

function guess(value: unknown): string {
  const [first] = asList<unknown>(value);
  if (typeof first === 'boolean') return 'checkbox';
  if (isRecord(first)) {
    if ('filename' in first || 'url' in first) return 'multipleAttachments';
    if ('email' in first) return 'multipleCollaborators';
    if (text(first.id).startsWith('rec')) return 'multipleRecordLinks';
  }
  if (Array.isArray(value)) return 'multipleSelects';
  return typeof value === 'string' ? 'multilineText' : 'singleLineText';
}

export function isEmpty(value: unknown) {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    value === false ||
    (Array.isArray(value) && value.length === 0)
  );
}

export interface TextParts {
  head: string;
  middle: string;
  tail: string;
}

const SHORT = 24;

/** Two texts with what they share set apart; `undefined` where that would not help. */
export function textParts(before: unknown, after: unknown): [TextParts, TextParts] | undefined {
  if (typeof before !== 'string' || typeof after !== 'string') return undefined;
  if (Math.max(before.length, after.length) < SHORT || !before || !after) return undefined;
  const head = toWord(before, sharedStart(before, after));
  const most = Math.min(before.length, after.length) - head;
  const tail = sharedEnd(before, after, most);
  if (head + tail < SHORT / 2) return undefined;
  return [cut(before, head, tail), cut(after, head, tail)];
}

function cut(whole: string, head: number, tail: number): TextParts {
  const end = whole.length - tail;
  return { head: whole.slice(0, head), middle: whole.slice(head, end), tail: whole.slice(end) };
}

function sharedStart(one: string, two: string) {
  let at = 0;
  while (at < one.length && at < two.length && one[at] === two[at]) at += 1;
  return at;
}

/** Back to where a word begins, so that no word is torn. */
function toWord(whole: string, at: number) {
  if (at === whole.length) return at;
  return Math.max(whole.lastIndexOf(' ', at - 1), whole.lastIndexOf('\n', at - 1)) + 1;
}

function sharedEnd(one: string, two: string, most: number) {
  let length = 0;
  while (length < most && one[one.length - 1 - length] === two[two.length - 1 - length])
    length += 1;
  const torn = one.slice(one.length - length).search(/\s/);
  return torn < 0 ? 0 : length - torn;
}
