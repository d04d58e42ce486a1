import { Skeleton } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Approval, approval } from '@/api/approvals';
import { isMissing } from '@/api/client';
import { en } from '@/locales/en';
import { Avatar } from '@/ui/Chip';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import page from '@/ui/Page.module.css';
import { PageBar } from '@/ui/PageBar';
import { fullTime, timeText } from '@/ui/times';
import { useNow } from '@/ui/useNow';
import { Answer } from './Answer';
import { Plan } from './Plan';
import { isOver, leftText } from './planText';
import { StateTag } from './StateTag';
import { Verdict } from './Verdict';

const t = en.approvals;

export function ApprovalPage({ approvalId }: { approvalId: string }) {
  const { data, error, refetch } = useQuery(approval(approvalId));
  return (
    <>
      <PageBar
        title={t.title}
        back={
          <Link to="/approvals" aria-label={t.back}>
            <IconArrowLeft size={20} stroke={1.7} />
          </Link>
        }
      />
      {!data && error && !isMissing(error) && <ErrorState error={error} onRetry={refetch} />}
      {!data && isMissing(error) && <EmptyState title={t.missing}>{t.missingText}</EmptyState>}
      {!data && !error && <Loading />}
      {data && <Content approval={data} />}
    </>
  );
}

function Content({ approval }: { approval: Approval }) {
  const now = useNow(1000);
  const isLate = isOver(approval.expires_at, now);
  const isEnded = approval.state === 'pending' || approval.state === 'approved';
  const state = isEnded && isLate ? 'expired' : approval.state;
  const client = approval.client ?? t.unknownClient;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={page.scroll} tabIndex={0} aria-label={approval.title}>
        <div className={page.column}>
          {state !== 'pending' && <Verdict state={state} />}
          <div className={page.hero}>
            <Avatar id={client} name={client} size={44} />
            <div className={page.heroText}>
              <h2 className={page.what}>{t.asks(client, approval.title)}</h2>
              <div className={page.meta}>
                {approval.tool} ·{' '}
                <time dateTime={approval.created_at} title={fullTime(approval.created_at)}>
                  {timeText(approval.created_at, now)}
                </time>
              </div>
            </div>
            <StateTag state={state} />
          </div>
          <Plan plan={approval.plan} />
        </div>
      </section>
      {state === 'pending' && (
        <Answer approval={approval} left={leftText(approval.expires_at, now)} />
      )}
    </>
  );
}

function Loading() {
  return (
    <div className={page.scroll} aria-busy="true">
      <div className={page.column}>
        <Skeleton h={48} radius={10} />
        <Skeleton h={90} radius={12} />
        <Skeleton h={160} radius={12} />
      </div>
    </div>
  );
}
