import { Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ChangeSet, changeHead, changePages } from '@/api/changes';
import { bases } from '@/api/queries';
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
import { ChangeRow } from './ChangeRow';
import { Filters } from './Filters';
import { filterOf, type HistorySearch } from './filter';
import classes from './HistoryPage.module.css';
import { RunRow } from './RunRow';
import { runs } from './runs';
import { isTooOld, recordCount, standings, undoneness } from './standing';
import { UndoDialog } from './UndoDialog';
import { useLookup } from './useLookup';
import { useRights } from './useRights';

const t = en.history;
const TICK_MS = 20_000;

interface Props {
  search: HistorySearch;
  onSearch: (change: HistorySearch) => void;
}

export function HistoryPage({ search, onSearch }: Props) {
  const filter = filterOf(search);
  const list = useLiveList(useQuery(changeHead(filter)), useInfiniteQuery(changePages(filter)));
  const { data } = useQuery(bases);
  const base = data?.items.find((item) => item.id === search.base);
  const isEmpty = !list.isPending && !list.error && list.items.length === 0;
  return (
    <>
      <PageBar title={base ? `${t.title} · ${base.name}` : t.title} />
      <Filters search={search} changes={list.items} onSearch={onSearch} />
      {list.isStale && (
        <p className={classes.stale} role="status">
          {t.stale}
        </p>
      )}
      <div className={classes.scroll}>
        <div className={classes.column}>
          {list.isPending && list.items.length === 0 && <ListSkeleton />}
          {list.error && <ErrorState error={list.error} onRetry={list.retry} />}
          {isEmpty && <Empty search={search} onSearch={onSearch} />}
          {list.items.length > 0 && (
            <>
              <Days changes={list.items} showBase={!search.base} />
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
    </>
  );
}

function Days({ changes, showBase }: { changes: ChangeSet[]; showBase: boolean }) {
  const now = useNow(TICK_MS);
  const find = useLookup(changes);
  const { mayUndo } = useRights();
  const [undoing, setUndoing] = useState<ChangeSet>();
  const canUndo = (change: ChangeSet) =>
    recordCount(change) > 0 &&
    change.state !== 'open' &&
    !isTooOld(change, now) &&
    undoneness(change, find) !== 'all' &&
    mayUndo(change);
  const row = (change: ChangeSet) => (
    <ChangeRow
      key={change.id}
      change={change}
      standings={standings(change, find, now)}
      now={now}
      showBase={showBase}
      onUndo={canUndo(change) ? () => setUndoing(change) : undefined}
    />
  );
  return (
    <>
      {byDay(changes, (change) => change.started_at, now).map((day) => (
        <section key={day.title} aria-label={day.title}>
          <h2 className={classes.day}>{day.title}</h2>
          <ul className={classes.list} onKeyDown={(event) => moveFocus(event, classes.what)}>
            {runs(day.items).map((run) =>
              run.changes.length > 1 ? (
                <RunRow key={run.changes.at(-1)?.id} run={run} now={now} showBase={showBase}>
                  {run.changes.map(row)}
                </RunRow>
              ) : (
                row(run.first)
              ),
            )}
          </ul>
        </section>
      ))}
      {undoing && <UndoDialog change={undoing} onClose={() => setUndoing(undefined)} />}
    </>
  );
}

function Empty({ search, onSearch }: Props) {
  if (!search.base && !search.by && !search.through) {
    return (
      <EmptyState icon={<IconHistory size={26} stroke={1.6} />} title={t.emptyTitle}>
        {t.emptyText}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={t.noMatchTitle}
      actions={
        <Button
          variant="default"
          onClick={() => onSearch({ base: undefined, by: undefined, through: undefined })}
        >
          {en.common.clearFilters}
        </Button>
      }
    >
      {t.noMatchText}
    </EmptyState>
  );
}
