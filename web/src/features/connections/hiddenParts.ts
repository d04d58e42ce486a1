import type { Hidden, ReachedTable } from '@/api/connections';

/** With a table or field ticked, or not any more. */
export function toggled(hidden: Hidden, kind: keyof Hidden, id: string): Hidden {
  const before = hidden[kind];
  const after = before.includes(id) ? before.filter((one) => one !== id) : [...before, id];
  return { ...hidden, [kind]: after };
}

/** Whether a table is ticked: all of it, some of its fields, or nothing. */
export function tickOf({ id, fields }: ReachedTable, hidden: Hidden): 'all' | 'some' | 'none' {
  if (hidden.tables.includes(id)) return 'all';
  return fields.some((field) => hidden.fields.includes(field.id)) ? 'some' : 'none';
}

/** A hidden table has its fields with it. What Airtable does not know any more stays, as it may come back there. */
export function withoutDoubles(hidden: Hidden, tables: ReachedTable[]): Hidden {
  const whole = tables.filter(({ id }) => hidden.tables.includes(id));
  const within = new Set(whole.flatMap(({ fields }) => fields.map(({ id }) => id)));
  return { ...hidden, fields: hidden.fields.filter((id) => !within.has(id)) };
}

const MOST_AT_ONCE = 40;

/** Tables whose fields are shown at first: all of a small base, else those where something is hidden. */
export function openAtFirst(tables: ReachedTable[], hidden: Hidden): string[] {
  const count = tables.reduce((sum, { fields }) => sum + fields.length, 0);
  const isSmall = count <= MOST_AT_ONCE;
  return tables.filter((one) => isSmall || tickOf(one, hidden) === 'some').map(({ id }) => id);
}
