import { useLocalStorage } from '@mantine/hooks';
import { useMemo } from 'react';
import type { Field, Table, View } from '@/api/types';
import { isNumeric, shownAs } from '@/ui/cells/values';

export const MIN_WIDTH = 72;
const MAX_WIDTH = 720;

type Widths = Record<string, number>;

/** Which fields stand where; what is absent is as the view has it. */
interface Layout {
  hidden?: string[];
  /** Fields in the order wanted; those that are not named come last, as the schema has them. */
  order?: string[];
}

const AS_SAVED: Layout = {};

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

export function useColumns(table: Table, view?: View) {
  const [{ widths }, setWidths] = useLocalStorage<{ widths: Widths }>({
    key: `grid-${table.id}`,
    defaultValue: { widths: {} },
    getInitialValueInEffect: false,
  });
  // What is not saved to the view is for this browser alone.
  const [layouts, setLayouts] = useLocalStorage<Record<string, Layout>>({
    key: `views-${table.id}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  });
  const id = view?.id ?? '';
  const own = layouts[id] ?? AS_SAVED;
  const setOwn = (change: (old: Layout) => Layout) =>
    setLayouts((old) => ({ ...old, [id]: change(old[id] ?? AS_SAVED) }));
  const saved = useMemo(() => layoutOf(view), [view]);
  const layout = useMemo(() => ({ ...saved, ...own }), [saved, own]);
  const columns = useMemo(() => arrange(table, layout, widths), [table, layout, widths]);
  const hidden = layout.hidden ?? [];
  const ids = (of: Layout) => arrange(table, of, widths).map(({ field }) => field.id);
  return {
    columns,
    hidden,
    order: layout.order ?? [],
    isOther: ids(saved).join() !== ids(layout).join(),
    resize: (fieldId: string, width: number) =>
      setWidths((old) => ({
        widths: { ...old.widths, [fieldId]: Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, width)) },
      })),
    toggle: (fieldId: string) =>
      setOwn((old) => {
        const before = old.hidden ?? saved.hidden ?? [];
        const isHidden = before.includes(fieldId);
        const after = isHidden ? before.filter((id) => id !== fieldId) : [...before, fieldId];
        return { ...old, hidden: after };
      }),
    move: (fieldId: string, step: number) =>
      setOwn((old) => {
        const before = arrange(table, { ...saved, ...old }, widths);
        return { ...old, order: movedBy(before, fieldId, step) };
      }),
    showAll: () => setOwn((old) => ({ ...old, hidden: [] })),
    reset: () => setOwn(() => AS_SAVED),
  };
}

function layoutOf(view: View | undefined): Layout {
  return { hidden: view?.hiddenFieldIds, order: view?.fieldOrder };
}

export type Columns = ReturnType<typeof useColumns>;

/** The primary field comes first whatever its place in the schema, because it is the frozen one. */
function arrange(table: Table, { hidden = [], order = [] }: Layout, widths: Widths): Column[] {
  const primary = table.fields.filter((field) => field.id === table.primaryFieldId);
  const others = table.fields.filter(
    (field) => field.id !== table.primaryFieldId && !hidden.includes(field.id),
  );
  const places = new Map(order.map((id, index) => [id, index]));
  const place = (field: Field) => places.get(field.id) ?? places.size;
  others.sort((one, other) => place(one) - place(other));
  return [...primary, ...others].map((field, index) => ({
    field,
    width: widths[field.id] ?? (index === 0 ? 260 : (WIDTHS[shownAs(field).type] ?? 160)),
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
