import type { Field } from '@/api/types';
import { type Attachment, asList, isRecord, type Person } from '@/ui/cells/values';

/** A cell as the server takes it: people and files by their id alone, those without one by their address. */
export function toWire(field: Field, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  switch (field.type) {
    case 'singleCollaborator':
      return isRecord(value) ? personOnWire(value) : value;
    case 'multipleAttachments':
      return asList<Attachment>(value).map(({ id, url }) => (id ? { id } : { url }));
    case 'multipleCollaborators':
      return asList<Person>(value).map(personOnWire);
    default:
      return value;
  }
}

const personOnWire = ({ id, email }: Partial<Person>) => (id ? { id } : { email });

/** Whether two cells hold the same. */
export function isSame(one: unknown, other: unknown) {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
