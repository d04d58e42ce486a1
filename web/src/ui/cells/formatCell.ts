import type { FieldConfig, Names } from '@/api/types';
import { formatDate } from './dates';
import { formatCurrency, formatDuration, formatNumber, formatPercent } from './numbers';
import {
  type Attachment,
  asList,
  isRecord,
  type Person,
  shownAs,
  specialText,
  text,
} from './values';

/** The text of a cell: what is copied, read out and shown where no richer picture fits. */
export function formatCell(field: FieldConfig, value: unknown, names: Names = {}): string {
  if (value === undefined || value === null) return '';
  const special = specialText(value);
  if (special !== undefined) return special;
  const config = shownAs(field);
  const isList =
    field.type === 'multipleLookupValues' || (config !== field && Array.isArray(value));
  if (!isList) return formatOne(config, value, names);
  return asList(value)
    .map((item) => specialText(item) ?? formatOne(config, item, names))
    .join(', ');
}

function formatOne(config: FieldConfig, value: unknown, names: Names): string {
  if (typeof value === 'number') return formatNumeric(config, value);
  if (config.type === 'date') return formatDate(text(value), config.options ?? {}, false);
  if (config.type === 'dateTime') return formatDate(text(value), config.options ?? {}, true);
  if (typeof value === 'boolean') return value ? '✓' : '';
  return formatThing(config.type, value, names);
}

function formatNumeric({ type, options }: FieldConfig, value: number): string {
  switch (type) {
    case 'number':
      return formatNumber(value, options?.precision);
    case 'currency':
      return formatCurrency(value, options?.precision, options?.symbol);
    case 'percent':
      return formatPercent(value, options?.precision);
    case 'duration':
      return formatDuration(value, options?.durationFormat);
    case 'checkbox':
      return value ? '✓' : '';
    default:
      return String(value);
  }
}

function formatThing(type: string, value: unknown, names: Names): string {
  switch (type) {
    case 'multipleRecordLinks':
      return asList<string>(value)
        .map((id) => names[id] ?? id)
        .join(', ');
    case 'singleCollaborator':
    case 'multipleCollaborators':
    case 'createdBy':
    case 'lastModifiedBy':
      return asList<Person>(value).map(personName).join(', ');
    case 'multipleAttachments':
      return asList<Attachment>(value)
        .map((file) => file.filename ?? file.url ?? '')
        .join(', ');
    case 'barcode':
      return isRecord(value) ? text(value.text) : text(value);
    case 'button':
      return isRecord(value) ? text(value.label) : text(value);
    case 'aiText':
      return isRecord(value) ? text(value.value) : text(value);
    default:
      return Array.isArray(value) ? value.map(text).join(', ') : text(value);
  }
}

export function personName(person: Person) {
  return person.name || person.email || person.id;
}
