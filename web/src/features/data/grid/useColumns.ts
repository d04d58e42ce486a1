import { useLocalStorage } from '@mantine/hooks';
import { useMemo } from 'react';
import type { Field, Table } from '@/api/types';
import { isNumeric, shownAs } from '@/ui/cells/values';

export const MIN_WIDTH = 72;
const MAX_WIDTH = 720;

interface Layout {
  widths: Record<string, number>;
  hidden: string[];
  /** Fields in the order wanted; those that are not named come last, as the schema has them. */
  order?: string[];
}

export interface Column {
  field: Field;
  width: number;
  isRight: boolean;
}

const WIDTHS: Record<string, number> = {
  multilineText: 260,
  richText: 260,
  multipleSelects: 210,
  multipleRecordLinks: 210,
  multipleAttachments: 220,
  multipleCollaborators: 220,
  checkbox: 96,
  rating: 130,
  number: 120,
  currency: 130,
  percent: 160,
  autoNumber: 96,
  duration: 110,
  url: 220,
  email: 220,
};

export function useColumns(table: Table) {
  const [layout, setLayout] = useLocalStorage<Layout>({
    key: `grid-${table.id}`,
    defaultValue: { widths: {}, hidden: [] },
    getInitialValueInEffect: false,
  });
  const columns = useMemo(() => arrange(table, layout), [table, layout]);
  return {
    columns,
    hidden: layout.hidden,
    resize: (fieldId: string, width: number) =>
      setLayout((old) => ({
        ...old,
        widths: { ...old.widths, [fieldId]: Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, width)) },
      })),
    toggle: (fieldId: string) =>
      setLayout((old) => ({
        ...old,
        hidden: old.hidden.includes(fieldId)
          ? old.hidden.filter((id) => id !== fieldId)
          : [...old.hidden, fieldId],
      })),
    move: (fieldId: string, step: number) =>
      setLayout((old) => ({ ...old, order: movedBy(arrange(table, old), fieldId, step) })),
    showAll: () => setLayout((old) => ({ ...old, hidden: [] })),
  };
}

export type Columns = ReturnType<typeof useColumns>;

/** The primary field comes first whatever its place in the schema, because it is the frozen one. */
function arrange(table: Table, layout: Layout): Column[] {
  const primary = table.fields.filter((field) => field.id === table.primaryFieldId);
  const others = table.fields.filter(
    (field) => field.id !== table.primaryFieldId && !layout.hidden.includes(field.id),
  );
  const places = new Map(layout.order?.map((id, index) => [id, index]));
  const place = (field: Field) => places.get(field.id) ?? places.size;
  others.sort((one, other) => place(one) - place(other));
  return [...primary, ...others].map((field, index) => ({
    field,
    width: layout.widths[field.id] ?? (index === 0 ? 260 : (WIDTHS[shownAs(field).type] ?? 160)),
    isRight: isNumeric(field),
  }));
}

/** The order of the shown fields with one of them moved. */
export function movedBy(columns: Column[], fieldId: string, step: number): string[] {
  const ids = columns.slice(1).map(({ field }) => field.id);
  const from = ids.indexOf(fieldId);
  const to = Math.max(0, Math.min(ids.length - 1, from + step));
  ids.splice(to, 0, ...ids.splice(from, 1));
  return ids;
}
