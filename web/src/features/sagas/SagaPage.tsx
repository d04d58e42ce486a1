import { Skeleton } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { isMissing } from '@/api/client';
import {
  type Decision,
  pollOf,
  type Saga,
  saga as sagaQuery,
  sagaSteps,
  sagaStory,
} from '@/api/sagas';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import page from '@/ui/Page.module.css';
import { PageBar } from '@/ui/PageBar';
import { DecideDialog } from './DecideDialog';
import { RunButtons } from './RunButtons';
import { SagaFacts } from './SagaFacts';
import { Story } from './Story';
import { Timeline } from './Timeline';

const t = en.sagas;

type Asked = Pick<Decision, 'action' | 'step'>;

export function SagaPage({ sagaId }: { sagaId: string }) {
  const { data, error, refetch } = useQuery(sagaQuery(sagaId));
  const [asked, setAsked] = useState<Asked>();
  const isCancellable = data?.actions.includes('cancel');
  useHotkeys([['x', () => isCancellable && setAsked({ action: 'cancel' })]]);
  return (
    <>
      <PageBar title={data?.definition ?? t.title} back={<Back />}>
        {data?.status !== 'needs_attention' && data && (
          <RunButtons run={data} onAsk={(action) => setAsked({ action })} />
        )}
      </PageBar>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={page.scroll} tabIndex={0} aria-label={data?.definition ?? t.title}>
        {!data && error && !isMissing(error) && <ErrorState error={error} onRetry={refetch} />}
        {!data && isMissing(error) && (
          <EmptyState title={t.run.missing}>{t.run.missingText}</EmptyState>
        )}
        {!data && !error && <Loading />}
        {data && <Content run={data} onAsk={setAsked} />}
      </section>
      {asked && data && <DecideDialog run={data} {...asked} onClose={() => setAsked(undefined)} />}
    </>
  );
}

function Back() {
  return (
    <Link to="/sagas" search={{}} aria-label={t.need.back}>
      <IconArrowLeft size={20} stroke={1.7} />
    </Link>
  );
}

function Content({ run, onAsk }: { run: Saga; onAsk: (asked: Asked) => void }) {
  const id = run.saga_id;
  const refetchInterval = pollOf(run.status);
  const steps = useQuery({ ...sagaSteps(id), refetchInterval });
  const story = useQuery({ ...sagaStory(id), refetchInterval });
  useFreshDetails(run);
  const lines = story.data?.items ?? [];
  return (
    <div className={page.column}>
      <SagaFacts run={run} steps={steps.data?.items} onAsk={(action) => onAsk({ action })} />
      {steps.error && <ErrorState error={steps.error} onRetry={() => steps.refetch()} />}
      {steps.isPending && <Skeleton h={220} radius={12} aria-busy="true" />}
      {steps.data && <Timeline run={run} steps={steps.data.items} story={lines} onAsk={onAsk} />}
      {lines.length > 0 && <Story lines={lines} />}
    </div>
  );
}

/** The run may end between two looks at its steps, after which nobody would look again. */
function useFreshDetails({ saga_id, status }: Saga) {
  const queryClient = useQueryClient();
  useEffect(() => {
    if (!pollOf(status)) {
      void queryClient.invalidateQueries({ queryKey: sagaSteps(saga_id).queryKey });
      void queryClient.invalidateQueries({ queryKey: sagaStory(saga_id).queryKey });
    }
  }, [queryClient, saga_id, status]);
}

function Loading() {
  return (
    <div className={page.column} aria-busy="true">
      <Skeleton h={48} radius={10} />
      <Skeleton h={70} radius={12} />
      <Skeleton h={220} radius={12} />
    </div>
  );
}
