import { patch, post, remove } from './client';
import { once, type TableKey, tablePath } from './records';
import type { View } from './types';

export interface WrittenView {
  change_set_id: string | null;
  view: View;
}

/** What a view shows; a filter may name fields as people do, and an empty one is none. */
export type ViewSettings = Partial<Pick<View, 'filter' | 'sort' | 'hiddenFieldIds' | 'fieldOrder'>>;

export const createView = (table: TableKey, view: ViewSettings & { name: string }) =>
  once((headers) => post<WrittenView>(`${tablePath(table)}/views`, view, headers));

export const updateView = (
  table: TableKey,
  viewId: string,
  change: ViewSettings & { name?: string },
) => once((headers) => patch<WrittenView>(`${tablePath(table)}/views/${viewId}`, change, headers));

export const deleteView = (table: TableKey, viewId: string) =>
  remove(`${tablePath(table)}/views/${viewId}`);
