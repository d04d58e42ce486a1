import { useDebouncedValue } from '@mantine/hooks';
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { PAGE_SIZE, type RowsKey, rows } from '@/api/queries';
import type { Names, RecordRow, RowPage } from '@/api/types';
import { pagesFor } from './windowing';

export interface LoadedRow {
  record: RecordRow;
  names: Names;
}

const SETTLE_MS = 50;

/**
 * Pages in view, by row number. Pages that only fly past are not fetched; those seen before are
 * shown from the cache at once.
 */
export function useRows(key: RowsKey, first: number, last: number) {
  const [settled] = useDebouncedValue(`${first}-${last}`, SETTLE_MS);
  const wanted = pagesFor(first, last, PAGE_SIZE);
  const isSettled = settled === `${first}-${last}`;
  const results = useQueries({
    queries: wanted.map((page) => ({ ...rows(key, page), enabled: isSettled })),
  });
  const pages = useMemo(
    () => new Map(wanted.map((page, index) => [page, results[index]?.data])),
    [results, wanted],
  );
  return {
    rowAt: (index: number) => pick(pages.get(Math.floor(index / PAGE_SIZE)), index),
    total: results.find((r) => r.data)?.data?.total,
    failed: results.find((r) => r.isError),
  };
}

function pick(page: RowPage | undefined, index: number): LoadedRow | undefined {
  const record = page?.records[index % PAGE_SIZE];
  return page && record && { record, names: page.names };
}

/** Rows for copying: what is not in the cache is fetched first. */
export function useRowReader(key: RowsKey) {
  const queryClient = useQueryClient();
  const { baseId, tableId, sort, filter } = key;
  return useCallback(
    async (first: number, last: number): Promise<LoadedRow[]> => {
      const wanted = pagesFor(first, last, PAGE_SIZE);
      const source = { baseId, tableId, sort, filter };
      const pages = await Promise.all(
        wanted.map((page) => queryClient.ensureQueryData(rows(source, page))),
      );
      return pages
        .flatMap((page) => page.records.map((record) => ({ record, names: page.names })))
        .slice(first - (wanted[0] ?? 0) * PAGE_SIZE, last - (wanted[0] ?? 0) * PAGE_SIZE + 1);
    },
    [queryClient, baseId, tableId, sort, filter],
  );
}
