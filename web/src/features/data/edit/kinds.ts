import type { FieldConfig } from '@/api/types';

const EDITED = [
  'singleLineText',
  'multilineText',
  'richText',
  'email',
  'url',
  'phoneNumber',
  'number',
  'currency',
  'percent',
  'duration',
  'rating',
  'checkbox',
  'date',
  'dateTime',
  'singleSelect',
  'multipleSelects',
  'multipleRecordLinks',
  'singleCollaborator',
  'multipleCollaborators',
  'barcode',
];

/** Whether text can be made into cells of a field, typed, pasted or imported. */
export function isEditable(field: FieldConfig) {
  return EDITED.includes(field.type);
}

/** Whether cells can be opened to be changed and emptied, though text may make nothing for them; what is left is computed. */
export function isOpened(field: FieldConfig) {
  return isEditable(field) || field.type === 'multipleAttachments';
}

export type EditorKind = 'line' | 'text' | 'date' | 'list' | 'toggle' | 'files';

export function editorKind({ type }: FieldConfig): EditorKind {
  switch (type) {
    case 'multilineText':
    case 'richText':
      return 'text';
    case 'date':
    case 'dateTime':
      return 'date';
    case 'checkbox':
      return 'toggle';
    case 'multipleAttachments':
      return 'files';
    case 'singleSelect':
    case 'multipleSelects':
    case 'multipleRecordLinks':
    case 'singleCollaborator':
    case 'multipleCollaborators':
      return 'list';
    default:
      return 'line';
  }
}

/** Whether a cell holds several things. */
export function holdsMany(field: FieldConfig) {
  if (field.type === 'multipleRecordLinks') return !field.options?.prefersSingleRecordLink;
  return field.type === 'multipleSelects' || field.type === 'multipleCollaborators';
}
