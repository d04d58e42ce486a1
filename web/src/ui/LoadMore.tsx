import { Button } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { useEffect, useEffectEvent } from 'react';
import { en } from '@/locales/en';
import classes from './LoadMore.module.css';

interface Props {
  hasMore: boolean;
  isLoading: boolean;
  onLoad: () => void;
  end?: string;
}

/** The end of a list: fetches one page each time it comes near, and says when there is none. */
export function LoadMore({ hasMore, isLoading, onLoad, end }: Props) {
  const { ref, entry } = useIntersection({ rootMargin: '600px' });
  const onNear = useEffectEvent(() => {
    if (!isLoading) onLoad();
  });
  const isNear = entry?.isIntersecting && hasMore;
  // Not each time a page has come: rows that fold would have page after page fetched at once.
  useEffect(() => {
    if (isNear) onNear();
  }, [isNear]);
  return (
    <div ref={ref} className={classes.root}>
      {hasMore && (
        <Button variant="subtle" loading={isLoading} onClick={onLoad}>
          {en.history.loadMore}
        </Button>
      )}
      {!hasMore && end && <span>{end}</span>}
    </div>
  );
}
