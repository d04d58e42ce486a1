import { Skeleton } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { approvalPages, isOpen } from '@/api/approvals';
import { ASKING_ME, questionToMe, sagaPages, sagasAskingMe } from '@/api/sagas';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { LoadMore } from '@/ui/LoadMore';
import page from '@/ui/Page.module.css';
import { PageBar } from '@/ui/PageBar';
import { useLiveList } from '@/ui/useLiveList';
import { useNow } from '@/ui/useNow';
import classes from './Approvals.module.css';
import { CallItem } from './CallItem';
import { RunItem } from './RunItem';

const t = en.approvals;

/** What waits for an answer; what was answered stands in the history, or in the story of its run. */
export function ApprovalsPage() {
  const now = useNow(1000);
  const calls = useInfiniteQuery(approvalPages);
  const runs = useLiveList(useQuery(sagasAskingMe), useInfiniteQuery(sagaPages(ASKING_ME)));
  const openCalls = (calls.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((call) => isOpen(call, now));
  const openRuns = runs.items.filter((run) => questionToMe(run, now));
  const callsError = calls.data ? null : calls.error;
  const isPending = calls.isPending || (runs.isPending && runs.items.length === 0);
  const hasFailed = Boolean(callsError || runs.error);
  const isEmpty = !isPending && !hasFailed && openCalls.length + openRuns.length === 0;
  return (
    <>
      <PageBar title={t.title} />
      <div className={page.scroll}>
        <div className={page.column}>
          {isPending && <Skeleton h={72} radius={12} aria-busy="true" />}
          {isEmpty && <Empty />}
          {callsError && <ErrorState error={callsError} onRetry={calls.refetch} />}
          {openCalls.length > 0 && (
            <Group title={t.calls}>
              {openCalls.map((call) => (
                <CallItem key={call.id} item={call} now={now} />
              ))}
            </Group>
          )}
          {calls.hasNextPage && (
            <LoadMore
              hasMore
              isLoading={calls.isFetchingNextPage}
              onLoad={() => void calls.fetchNextPage()}
            />
          )}
          {runs.error && <ErrorState error={runs.error} onRetry={runs.retry} />}
          {openRuns.length > 0 && (
            <Group title={t.runs}>
              {openRuns.map((run) => (
                <RunItem key={run.id} run={run} now={now} />
              ))}
            </Group>
          )}
          {runs.hasMore && (
            <LoadMore hasMore isLoading={runs.isLoadingMore} onLoad={runs.loadMore} />
          )}
        </div>
      </div>
    </>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className={classes.group}>{title}</h2>
      <ul className={classes.list}>{children}</ul>
    </section>
  );
}

function Empty() {
  return (
    <EmptyState icon={<IconShieldCheck size={26} stroke={1.6} />} title={t.emptyTitle}>
      {t.emptyText}
    </EmptyState>
  );
}
