import { describe, expect, it } from 'vitest';
import type { Field, View } from '@/api/types';
import { filterSearch, gridViews, shownBy, sortSearch } from './shown';

const STATUS = 'fldStatus00000001';
const HOURS = 'fldHours000000001';
const field = (id: string, name: string): Field => ({ id, name, type: 'singleLineText' });
const fields = [field(STATUS, 'Sta}tus'), field(HOURS, 'Hours')];
const view: View = {
  id: 'viw1',
  name: 'Open',
  type: 'grid',
  filter: `{${STATUS}}="Todo"`,
  sort: [{ field: HOURS, direction: 'desc' }],
};

describe('shownBy', () => {
  it('is the view as long as the address has nothing in its place', () => {
    expect(shownBy(view, {}, fields)).toEqual({
      sorts: [{ fieldId: HOURS, isDescending: true }],
      formula: '{Sta\\}tus}="Todo"',
      filter: view.filter,
      isOtherSort: false,
      isOtherFilter: false,
    });
    expect(shownBy(undefined, {}, fields).filter).toBe('');
  });

  it('has conditions where the filter of the view is made of such', () => {
    const made = { ...view, filter: `{${HOURS}} & "" = "Todo"` };
    const shown = shownBy(made, {}, fields);
    expect(shown).toMatchObject({ where: `and*${HOURS}*is*Todo`, filter: made.filter });
    expect(shown.formula).toBeUndefined();
  });

  it('is what the address says in place of the view', () => {
    const shown = shownBy(view, { sort: `${STATUS}:asc`, formula: '{Hours}' }, fields);
    expect(shown.sorts).toEqual([{ fieldId: STATUS, isDescending: false }]);
    expect(shown).toMatchObject({ filter: '{Hours}', isOtherSort: true, isOtherFilter: true });
    const where = `and*${HOURS}*empty*`;
    const conditions = shownBy(view, { where }, fields);
    expect(conditions).toMatchObject({ where, filter: '{Hours} & "" = ""', isOtherSort: false });
    expect(conditions.formula).toBeUndefined();
  });

  it('knows that what the address says is what the view has', () => {
    const same = { sort: `${HOURS}:desc`, formula: '{Sta\\}tus}="Todo"' };
    expect(shownBy(view, same, fields)).toMatchObject({ isOtherSort: false, isOtherFilter: false });
  });

  it('can be without what the view has', () => {
    const sort = sortSearch(view, []);
    const bare = shownBy(view, { sort, ...filterSearch(view, {}) }, fields);
    expect(bare).toMatchObject({ sorts: [], filter: '', isOtherSort: true, isOtherFilter: true });
    const plain = { ...view, filter: undefined, sort: [] };
    expect(sortSearch(plain, [])).toBeUndefined();
    expect(filterSearch(plain, {})).toEqual({});
  });
});

it('offers a view of another type only where there is no grid', () => {
  const board = { ...view, type: 'kanban' };
  const table = { id: 't', name: 'T', primaryFieldId: '', fields, record_count: 0 };
  expect(gridViews({ ...table, views: [board, view] })).toEqual([view]);
  expect(gridViews({ ...table, views: [board] })).toEqual([board]);
});
