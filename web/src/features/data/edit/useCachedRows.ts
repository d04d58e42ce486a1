import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { TableKey } from '@/api/records';
import type { RowPage } from '@/api/types';

/** The pages of a table that were loaded, under whatever sort and filter. */
export function useCachedRows({ baseId, tableId }: TableKey) {
  const queryClient = useQueryClient();
  return useMemo(() => {
    const forget = (key: string[], refetchType?: 'none') =>
      void queryClient.invalidateQueries({ queryKey: key, refetchType });
    const forgetCounts = () => {
      forget(['base', baseId]);
      forget(['bases']);
    };
    return {
      patch: (change: (page: RowPage) => RowPage) =>
        queryClient.setQueriesData<RowPage>(
          { queryKey: ['rows', baseId, tableId] },
          (page) => page && change(page),
        ),
      forgetCounts,
      /** Other rows may be computed from what was written: they are asked for when next looked at. */
      forgetOthers: () => {
        forget(['rows', baseId], 'none');
        forget(['link-options', baseId], 'none');
        forget(['changes'], 'none');
      },
      reload: () => {
        forget(['rows', baseId]);
        forgetCounts();
      },
    };
  }, [queryClient, baseId, tableId]);
}
