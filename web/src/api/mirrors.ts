import { queryOptions } from '@tanstack/react-query';
import { get, patch, post } from './client';

/** How a copy hears of changes at Airtable. */
export type Hearing = 'notified' | 'asked' | 'looked';

export interface CopyProgress {
  tables_done: number;
  tables: number;
  records: number;
}

/** How a copied base stands to the one at Airtable. */
export interface Mirror {
  /** Whether it was copied whole, so that it answers. */
  is_complete: boolean;
  is_paused: boolean;
  /** Of a copy or comparison that is under way, or that was when it failed. */
  progress: CopyProgress | null;
  hearing: Hearing;
  /** Since it last was where Airtable is. */
  lag_ms: number | null;
  followed_at: string | null;
  compared_at: string | null;
  /** Records that this comparison found to differ, and mended. */
  drift: number;
  /** Why the last round failed; it is tried again. */
  fault: string | null;
  made_at: string;
}

const path = (baseId: string) => `/api/airtable/mirrors/${baseId}`;

export const mirror = (baseId: string) =>
  queryOptions({
    queryKey: ['mirror', baseId],
    queryFn: ({ signal }) => get<Mirror>(path(baseId), signal),
    staleTime: 0,
  });

export const pauseMirror = (baseId: string, isPaused: boolean) =>
  patch<Mirror>(path(baseId), { is_paused: isPaused });

export const compareMirror = (baseId: string) => post<Mirror>(`${path(baseId)}/compare`);
