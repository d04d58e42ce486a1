export interface TableSearch {
  /** The view; absent is the first. */
  view?: string;
  /** In place of the view's; `none` is no sort at all. */
  sort?: string;
  /** Conditions of the filter, in place of the view's; `none` are none. */
  where?: string;
  /** A formula written by hand, in place of conditions. */
  formula?: string;
  row?: number;
}

export interface Sort {
  fieldId: string;
  isDescending: boolean;
}

/** Stands in an address for what a view has and the reader does not want. */
export const NONE = 'none';

export function parseSorts(text: string | undefined): Sort[] {
  const keys = (text ?? '').split(',').filter((key) => key && key !== NONE);
  return keys.map((key) => {
    const [fieldId = '', direction] = key.split(':');
    return { fieldId, isDescending: direction === 'desc' };
  });
}

export function sortText(sorts: Sort[]): string | undefined {
  const keys = sorts.map(
    ({ fieldId, isDescending }) => `${fieldId}:${isDescending ? 'desc' : 'asc'}`,
  );
  return keys.length > 0 ? keys.join(',') : undefined;
}
