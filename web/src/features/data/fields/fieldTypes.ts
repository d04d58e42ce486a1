import type { NewField } from '@/api/records';
import type { FieldOptions } from '@/api/types';
import { type ChoiceDraft, choicesOf } from './choices';

/** What the dialogue asks of a field; each type takes what it needs. */
export interface FieldForm {
  name: string;
  description: string;
  type: string;
  precision: number;
  symbol: string;
  duration: string;
  max: number;
  dateFormat: string;
  timeFormat: string;
  timeZone: string;
  choices: ChoiceDraft[];
  linkedTable: string;
  link: string;
  linkedField: string;
  formula: string;
}

export const FRESH: FieldForm = {
  name: '',
  description: '',
  type: 'singleLineText',
  precision: 0,
  symbol: '$',
  duration: 'h:mm',
  max: 5,
  dateFormat: 'iso',
  timeFormat: '24hour',
  timeZone: 'client',
  choices: [],
  linkedTable: '',
  link: '',
  linkedField: '',
  formula: '',
};

export const TYPES = [
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
  'multipleRecordLinks',
  'singleCollaborator',
  'multipleCollaborators',
  'email',
  'url',
  'phoneNumber',
  'multipleAttachments',
  'barcode',
  'richText',
  'formula',
  'rollup',
  'multipleLookupValues',
  'count',
  'autoNumber',
  'createdTime',
  'createdBy',
  'lastModifiedTime',
  'lastModifiedBy',
] as const;

export type FieldType = (typeof TYPES)[number];

/** The field that a filled-in form describes. */
export function fieldOf(form: FieldForm): NewField {
  const { type } = form;
  const description = form.description.trim() || undefined;
  return { name: form.name.trim(), type, description, options: optionsOf(form) };
}

function optionsOf(form: FieldForm): FieldOptions | undefined {
  switch (form.type) {
    case 'number':
    case 'percent':
      return { precision: form.precision };
    case 'currency':
      return { precision: form.precision, symbol: form.symbol };
    case 'duration':
      return { durationFormat: form.duration };
    case 'rating':
      return { icon: 'star', color: 'yellowBright', max: form.max };
    case 'checkbox':
      return { icon: 'check', color: 'greenBright' };
    case 'date':
      return { dateFormat: { name: form.dateFormat } };
    case 'dateTime': {
      const { dateFormat, timeFormat, timeZone } = form;
      return { dateFormat: { name: dateFormat }, timeFormat: { name: timeFormat }, timeZone };
    }
    case 'singleSelect':
    case 'multipleSelects':
      return { choices: choicesOf(form.choices) };
    case 'multipleRecordLinks':
      return { linkedTableId: form.linkedTable };
    case 'formula':
      return { formula: form.formula };
    case 'count':
      return { recordLinkFieldId: form.link };
    case 'multipleLookupValues':
      return { recordLinkFieldId: form.link, fieldIdInLinkedTable: form.linkedField };
    case 'rollup': {
      const { link, linkedField, formula } = form;
      return { recordLinkFieldId: link, fieldIdInLinkedTable: linkedField, formula };
    }
    default:
      return undefined;
  }
}
