import type { Cells } from '@/api/records';
import type { Names, RecordRow, RowPage } from '@/api/types';

/** The page with new cells in some records; the same page when it has none of them. */
export function withCells(page: RowPage, cells: Map<string, Cells>, names: Names = {}): RowPage {
  return withRecords(
    page,
    (record) => {
      const own = cells.get(record.id);
      return own && { ...record, fields: merged(record.fields, own) };
    },
    names,
  );
}

/** The page with some records as `next` has them. */
export function withRecords(
  page: RowPage,
  next: (record: RecordRow) => RecordRow | undefined,
  names: Names = {},
): RowPage {
  let isTouched = false;
  const records = page.records.map((record) => {
    const changed = next(record);
    if (!changed) return record;
    isTouched = true;
    return changed;
  });
  return isTouched ? { ...page, records, names: { ...page.names, ...names } } : page;
}

/** Cells over cells; null and undefined take one away. */
export function merged(cells: Cells, over: Cells): Cells {
  const all = Object.entries({ ...cells, ...over });
  return Object.fromEntries(all.filter(([, value]) => value !== null && value !== undefined));
}

/** The page with records behind its last; only for the page that the table ends with. */
export function withMore(page: RowPage, records: RecordRow[], names: Names): RowPage {
  const end = page.start + page.records.length;
  const isLast = end === page.total;
  return {
    ...page,
    total: page.total + records.length,
    records: isLast ? [...page.records, ...records] : page.records,
    names: isLast ? { ...page.names, ...names } : page.names,
  };
}
