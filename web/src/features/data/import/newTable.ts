import type { NewField } from '@/api/records';
import type { Field } from '@/api/types';
import { FRESH, fieldOf } from '../fields/fieldTypes';

/** A column of a file as a field of the table to be made. */
export interface NewColumn {
  field: NewField;
  isTaken: boolean;
}

/** Types that text can be turned into. */
export const IMPORTED_TYPES = [
  'singleLineText',
  'multilineText',
  'singleSelect',
  'multipleSelects',
  'number',
  'currency',
  'percent',
  'duration',
  'rating',
  'checkbox',
  'date',
  'dateTime',
  'email',
  'url',
  'phoneNumber',
] as const;

const NEVER_PRIMARY = ['singleSelect', 'multipleSelects', 'checkbox', 'rating'];

/** The same field with another type, whose options are those of a new field. */
export function retyped({ name }: NewField, type: string): NewField {
  return fieldOf({ ...FRESH, name, type, precision: 2 });
}

/** The fields to make; a primary field that cannot be one is text. */
export function fieldsToMake(columns: NewColumn[]): NewField[] {
  const taken = columns.filter(({ isTaken }) => isTaken).map(({ field }) => field);
  return taken.map((field, at) => {
    const isUnfit = at === 0 && NEVER_PRIMARY.includes(field.type);
    return isUnfit ? { name: field.name, type: 'singleLineText' } : field;
  });
}

/** The fields that were made, each beside the column it was made for. */
export function madeFields(columns: NewColumn[], made: Field[]): (Field | undefined)[] {
  const left = [...made];
  return columns.map(({ isTaken }) => (isTaken ? left.shift() : undefined));
}
