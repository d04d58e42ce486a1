export interface TableSearch {
  sort?: string;
  /** Conditions of the filter. */
  where?: string;
  /** A formula written by hand, in place of conditions. */
  formula?: string;
  row?: number;
}

export interface Sort {
  fieldId: string;
  isDescending: boolean;
}

export function parseSorts(text: string | undefined): Sort[] {
  const keys = (text ?? '').split(',').filter(Boolean);
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
