export interface TableSearch {
  sort?: string;
  row?: number;
}

export interface Sort {
  fieldId: string;
  isDescending: boolean;
}

export function parseSort(text: string | undefined): Sort | undefined {
  const [fieldId, direction] = (text ?? '').split(',')[0]?.split(':') ?? [];
  return fieldId ? { fieldId, isDescending: direction === 'desc' } : undefined;
}

export function sortText({ fieldId, isDescending }: Sort) {
  return `${fieldId}:${isDescending ? 'desc' : 'asc'}`;
}
