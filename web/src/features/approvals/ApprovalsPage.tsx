import { Skeleton } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ApprovalSummary, approvalPages } from '@/api/approvals';
import { en } from '@/locales/en';
import { Avatar } from '@/ui/Chip';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { LoadMore } from '@/ui/LoadMore';
import page from '@/ui/Page.module.css';
import { PageBar } from '@/ui/PageBar';
import { fullTime, timeText } from '@/ui/times';
import { useNow } from '@/ui/useNow';
import classes from './Approvals.module.css';
import { isOver, leftText } from './planText';

const t = en.approvals;

/** What waits for an answer; what was answered stands in the history once it is done. */
export function ApprovalsPage() {
  const { data, error, isPending, refetch, ...more } = useInfiniteQuery(approvalPages);
  const now = useNow(1000);
  const items = (data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((item) => item.state === 'pending' && !isOver(item.expires_at, now));
  return (
    <>
      <PageBar title={t.title} />
      <div className={page.scroll}>
        <div className={page.column}>
          {isPending && <Skeleton h={72} radius={12} aria-busy="true" />}
          {!data && error && <ErrorState error={error} onRetry={refetch} />}
          {data && items.length === 0 && <Empty />}
          {items.length > 0 && (
            <section aria-label={t.waiting}>
              <h2 className={classes.group}>{t.waiting}</h2>
              <ul className={classes.list}>
                {items.map((item) => (
                  <Item key={item.id} item={item} now={now} />
                ))}
              </ul>
            </section>
          )}
          {more.hasNextPage && (
            <LoadMore
              hasMore
              isLoading={more.isFetchingNextPage}
              onLoad={() => void more.fetchNextPage()}
            />
          )}
        </div>
      </div>
    </>
  );
}

function Empty() {
  return (
    <EmptyState icon={<IconShieldCheck size={26} stroke={1.6} />} title={t.emptyTitle}>
      {t.emptyText}
    </EmptyState>
  );
}

function Item({ item, now }: { item: ApprovalSummary; now: number }) {
  const client = item.client ?? t.unknownClient;
  return (
    <li className={classes.item}>
      <Avatar id={client} name={client} size={34} />
      <div className={classes.itemText}>
        <Link
          to="/approvals/$approvalId"
          params={{ approvalId: item.id }}
          className={classes.itemLink}
        >
          {item.title}
        </Link>
        <div className={page.meta}>
          {client} · {item.tool} ·{' '}
          <time dateTime={item.created_at} title={fullTime(item.created_at)}>
            {timeText(item.created_at, now)}
          </time>
        </div>
      </div>
      <span className={classes.left}>{leftText(item.expires_at, now)}</span>
    </li>
  );
}
