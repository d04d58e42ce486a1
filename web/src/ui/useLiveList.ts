import type { InfiniteData, UseInfiniteQueryResult, UseQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { List } from '@/api/types';
import { mergeNewest } from './liveList';

/** A list read page by page whose newest page is asked for again and again. */
export function useLiveList<T extends { id: string }>(
  head: UseQueryResult<List<T>>,
  pages: UseInfiniteQueryResult<InfiniteData<List<T>>>,
) {
  const older = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const { items, hasGap } = mergeNewest(head.data?.items, older, head.data?.next_cursor === null);
  const { refetch, isFetching } = pages;
  useEffect(() => {
    if (hasGap && !isFetching) void refetch();
  }, [hasGap, isFetching, refetch]);
  return {
    items,
    isPending: pages.isPending,
    error: items.length === 0 ? pages.error : null,
    isStale: head.isError && items.length > 0,
    retry: () => void refetch(),
    hasMore: pages.hasNextPage,
    isLoadingMore: pages.isFetchingNextPage,
    loadMore: () => {
      if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage();
    },
  };
}
