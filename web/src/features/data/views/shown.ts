import type { Field, Table, View } from '@/api/types';
import { formulaOf } from '../filter/conditions';
import { formulaField } from '../filter/formulaText';
import { conditionsOf } from '../filter/readBack';
import { parseWhere, whereText } from '../filter/whereText';
import { NONE, parseSorts, type Sort, sortText, type TableSearch } from '../search';

/** The records that are shown, and in which order. */
export interface Shown {
  sorts: Sort[];
  /** Conditions as they stand in the address; absent where a formula is written. */
  where?: string;
  /** A formula as people read it. */
  formula?: string;
  /** What the server is asked for; empty is every record. */
  filter: string;
  isOtherSort: boolean;
  isOtherFilter: boolean;
}

/** The views that can be shown as a grid. */
export function gridViews(table: Table): View[] {
  const grids = table.views.filter(({ type }) => type === 'grid');
  return grids.length > 0 ? grids : table.views.slice(0, 1);
}

/** A view with what the address has in its place. */
export function shownBy(view: View | undefined, search: TableSearch, fields: Field[]): Shown {
  const own = sortsOf(view);
  const sorts = search.sort === undefined ? own : parseSorts(search.sort);
  const isOtherSort = sortText(sorts) !== sortText(own);
  const saved = view?.filter && withNames(view.filter, fields);
  if (search.formula === undefined && search.where === undefined) {
    const filter = view?.filter ?? '';
    const conditions = saved && conditionsOf(saved, fields);
    const read = conditions ? { where: whereText(conditions) } : { formula: saved };
    return { sorts, ...read, filter, isOtherSort, isOtherFilter: false };
  }
  const { where, formula } = search;
  const filter = formula ?? formulaOf(parseWhere(where), fields);
  const isOtherFilter = filter !== (saved ?? '');
  return { sorts, where, formula, filter, isOtherSort, isOtherFilter };
}

export function sortsOf(view: View | undefined): Sort[] {
  const keys = view?.sort ?? [];
  return keys.map(({ field, direction }) => ({
    fieldId: field,
    isDescending: direction === 'desc',
  }));
}

/** Sort keys for the address; none at all is worth a word only where the view has some. */
export function sortSearch(view: View | undefined, sorts: Sort[]): string | undefined {
  return sortText(sorts) ?? (view?.sort?.length ? NONE : undefined);
}

type Filter = Pick<TableSearch, 'where' | 'formula'>;

/** The same for a filter. */
export function filterSearch(view: View | undefined, filter: Filter): Filter {
  const isNone = !filter.where && !filter.formula;
  return isNone && view?.filter ? { where: NONE, formula: undefined } : filter;
}

/** A stored formula, which names fields by id, as people read it. */
export function withNames(formula: string, fields: Field[]): string {
  return formula.replace(/\{(fld\w{14})\}/g, (whole, id) => {
    const field = fields.find((one) => one.id === id);
    return field ? formulaField(field.name) : whole;
  });
}
