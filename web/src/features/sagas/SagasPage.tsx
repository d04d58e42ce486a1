import { Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type ListedSaga, sagaHead, sagaPages } from '@/api/sagas';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { ListSkeleton } from '@/ui/ListSkeleton';
import { LoadMore } from '@/ui/LoadMore';
import { moveFocus } from '@/ui/moveFocus';
import { PageBar } from '@/ui/PageBar';
import { byDay } from '@/ui/times';
import { useLiveList } from '@/ui/useLiveList';
import { useNow } from '@/ui/useNow';
import { Empty } from './Empty';
import { Filters } from './Filters';
import { NeedBanner } from './NeedBanner';
import { SagaRow } from './SagaRow';
import classes from './Sagas.module.css';
import { StartDialog } from './StartDialog';
import { filterOf, type SagasSearch } from './search';

const t = en.sagas;
const TICK_MS = 1000;

interface Props {
  search: SagasSearch;
  onSearch: (change: SagasSearch) => void;
}

export function SagasPage({ search, onSearch }: Props) {
  const filter = filterOf(search);
  const list = useLiveList(useQuery(sagaHead(filter)), useInfiniteQuery(sagaPages(filter)));
  const isFiltered = Boolean(search.state || search.definition);
  const isEmpty = !list.isPending && !list.error && list.items.length === 0;
  const start = (what = '') => onSearch({ start: what });
  useHotkeys([['n', () => start()]]);
  return (
    <>
      <PageBar title={t.title}>
        <Button leftSection={<IconPlayerPlay size={16} />} onClick={() => start()}>
          {t.startOne}
        </Button>
      </PageBar>
      <Filters search={search} onSearch={onSearch} />
      {list.isStale && (
        <p className={classes.stale} role="status">
          {t.stale}
        </p>
      )}
      <div className={classes.scroll}>
        <div className={classes.column}>
          <NeedBanner />
          {list.isPending && list.items.length === 0 && <ListSkeleton />}
          {list.error && <ErrorState error={list.error} onRetry={list.retry} />}
          {isEmpty && !isFiltered && <Empty onStart={start} />}
          {isEmpty && isFiltered && <NoMatch onSearch={onSearch} />}
          {list.items.length > 0 && (
            <>
              <Days runs={list.items} />
              <LoadMore
                hasMore={list.hasMore}
                isLoading={list.isLoadingMore}
                onLoad={list.loadMore}
                end={t.end}
              />
            </>
          )}
        </div>
      </div>
      {search.start !== undefined && (
        <StartDialog wanted={search.start} onClose={() => onSearch({ start: undefined })} />
      )}
    </>
  );
}

function Days({ runs }: { runs: ListedSaga[] }) {
  const now = useNow(TICK_MS);
  return byDay(runs, (run) => run.started_at, now).map((day) => (
    <section key={day.title} aria-label={day.title}>
      <h2 className={classes.day}>{day.title}</h2>
      <ul className={classes.list} onKeyDown={(event) => moveFocus(event, classes.what)}>
        {day.items.map((run) => (
          <SagaRow key={run.id} run={run} now={now} />
        ))}
      </ul>
    </section>
  ));
}

function NoMatch({ onSearch }: Pick<Props, 'onSearch'>) {
  return (
    <EmptyState
      title={t.noMatchTitle}
      actions={
        <Button
          variant="default"
          onClick={() => onSearch({ state: undefined, definition: undefined })}
        >
          {en.common.clearFilters}
        </Button>
      }
    >
      {t.noMatchText}
    </EmptyState>
  );
}
