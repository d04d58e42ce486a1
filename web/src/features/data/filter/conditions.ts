import type { Field, FieldConfig } from '@/api/types';
import { shownAs } from '@/ui/cells/values';
import { parseDate } from '../edit/dateText';
import { parseCell } from '../edit/parse';
import { formulaField, formulaText } from './formulaText';

export type Operator =
  | 'contains'
  | 'lacks'
  | 'is'
  | 'isNot'
  | 'empty'
  | 'full'
  | 'less'
  | 'atMost'
  | 'more'
  | 'atLeast'
  | 'checked'
  | 'unchecked'
  | 'on'
  | 'before'
  | 'after'
  | 'today'
  | 'past'
  | 'future';

export interface Condition {
  fieldId: string;
  operator: Operator;
  value: string;
}

export interface Where {
  join: 'and' | 'or';
  conditions: Condition[];
}

const TEXT: Operator[] = ['contains', 'lacks', 'is', 'isNot', 'empty', 'full'];
const NUMBER: Operator[] = ['is', 'isNot', 'less', 'atMost', 'more', 'atLeast', 'empty', 'full'];
const DATE: Operator[] = ['on', 'before', 'after', 'today', 'past', 'future', 'empty', 'full'];
const MANY: Operator[] = ['contains', 'lacks', 'empty', 'full'];
const CHOICE: Operator[] = ['is', 'isNot', 'contains', 'empty', 'full'];
const WITHOUT_VALUE: Operator[] = [
  'empty',
  'full',
  'checked',
  'unchecked',
  'today',
  'past',
  'future',
];
const NUMERIC = ['number', 'currency', 'percent', 'duration', 'rating', 'count', 'autoNumber'];

/** What can be asked of a field, the usual question first. */
export function operatorsOf(field: FieldConfig): Operator[] {
  if (field.type === 'multipleLookupValues') return MANY;
  const { type } = shownAs(field);
  if (NUMERIC.includes(type)) return NUMBER;
  switch (type) {
    case 'checkbox':
      return ['checked', 'unchecked'];
    case 'date':
    case 'dateTime':
      return DATE;
    case 'singleSelect':
      return CHOICE;
    case 'multipleSelects':
    case 'multipleRecordLinks':
    case 'multipleAttachments':
    case 'multipleCollaborators':
      return MANY;
    default:
      return TEXT;
  }
}

export function needsValue({ operator }: Condition) {
  return !WITHOUT_VALUE.includes(operator);
}

/** The formula that holds where the conditions do; those that are not finished are left out. */
export function formulaOf({ join, conditions }: Where, fields: Field[]): string {
  const parts = conditions.flatMap((condition) => {
    const field = fields.find(({ id }) => id === condition.fieldId);
    return (field && partOf(field, condition)) ?? [];
  });
  if (parts.length < 2) return parts[0] ?? '';
  return `${join.toUpperCase()}(${parts.join(', ')})`;
}

function partOf(field: Field, condition: Condition): string | undefined {
  const { operator } = condition;
  const name = formulaField(field.name);
  const text = `${name} & ""`;
  if (!operatorsOf(field).includes(operator)) return undefined;
  switch (operator) {
    case 'empty':
      return `${text} = ""`;
    case 'full':
      return `${text} != ""`;
    case 'checked':
      return name;
    case 'unchecked':
      return `NOT(${name})`;
    case 'today':
      return `IS_SAME(${name}, TODAY(), "day")`;
    case 'past':
      return `IS_BEFORE(${name}, TODAY())`;
    case 'future':
      return `IS_AFTER(${name}, TODAY())`;
    default:
      return condition.value.trim() ? comparison(field, condition, name, text) : undefined;
  }
}

function comparison(field: Field, { operator, value }: Condition, name: string, text: string) {
  switch (operator) {
    case 'contains':
      return `SEARCH(${formulaText(value.trim())}, ${text})`;
    case 'lacks':
      return `NOT(SEARCH(${formulaText(value.trim())}, ${text}))`;
    case 'on':
    case 'before':
    case 'after':
      return dated(field, operator, value, name);
    default:
      return NUMERIC.includes(shownAs(field).type)
        ? numbered(field, operator, value, name, text)
        : `${text} ${operator === 'isNot' ? '!=' : '='} ${formulaText(value)}`;
  }
}

const SIGNS: Partial<Record<Operator, string>> = {
  is: '=',
  isNot: '!=',
  less: '<',
  atMost: '<=',
  more: '>',
  atLeast: '>=',
};

/** An empty cell counts as 0 in a formula; where 0 would be let through, empty cells are kept out. */
function numbered(field: Field, operator: Operator, value: string, name: string, text: string) {
  const number = numberOf(field, value);
  if (number === undefined) return undefined;
  const plain = `${name} ${SIGNS[operator]} ${number}`;
  const letsZeroThrough = {
    is: number === 0,
    less: number > 0,
    atMost: number >= 0,
    more: number < 0,
    atLeast: number <= 0,
  };
  const isGuarded = letsZeroThrough[operator as keyof typeof letsZeroThrough];
  return isGuarded ? `AND(${text} != "", ${plain})` : plain;
}

function numberOf(field: Field, value: string): number | undefined {
  const { type, options } = shownAs(field);
  const known = ['currency', 'percent', 'duration'].includes(type) ? type : 'number';
  const parsed = parseCell({ ...field, type: known, options }, value);
  return 'value' in parsed && typeof parsed.value === 'number' ? parsed.value : undefined;
}

const DATED = { on: 'IS_SAME', before: 'IS_BEFORE', after: 'IS_AFTER' };

function dated(field: Field, operator: keyof typeof DATED, value: string, name: string) {
  const day = parseDate(value, shownAs(field).options ?? {});
  if (!day) return undefined;
  // `IS_AFTER` knows no unit, and a time on the day itself is not after it.
  const end = operator === 'after' && shownAs(field).type === 'dateTime' ? 'T23:59:59Z' : '';
  const unit = operator === 'on' ? ', "day"' : '';
  return `${DATED[operator]}(${name}, "${day}${end}"${unit})`;
}
