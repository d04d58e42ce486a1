import { type ChangeFilter, ORIGINS, type Origin } from '@/api/changes';

/** Filters as they stand in the address. */
export interface HistorySearch {
  base?: string;
  by?: string;
  through?: Origin;
}

export function parseSearch(search: Record<string, unknown>): HistorySearch {
  return {
    base: text(search.base),
    by: text(search.by),
    through: ORIGINS.find((origin) => origin === search.through),
  };
}

function text(value: unknown) {
  return typeof value === 'string' && value ? value : undefined;
}

export function filterOf({ base, by, through }: HistorySearch): ChangeFilter {
  return { base, user: by, origin: through };
}
