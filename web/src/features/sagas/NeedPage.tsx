import { Skeleton } from '@mantine/core';
import { IconArrowLeft, IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Decision, type Saga, sagaSteps, sagasInNeed } from '@/api/sagas';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import page from '@/ui/Page.module.css';
import { PageBar } from '@/ui/PageBar';
import { useNow } from '@/ui/useNow';
import { DecideDialog } from './DecideDialog';
import { FailureText } from './FailureText';
import classes from './NeedPage.module.css';
import { RunButtons } from './RunButtons';
import { SagaRow } from './SagaRow';
import { StepTag } from './StateTag';
import { StepButtons } from './StepButtons';

const t = en.sagas.need;

type Asked = Pick<Decision, 'action' | 'step'>;

/** Every run that needs a person, with what can be decided about it. */
export function NeedPage() {
  const { data, error, isPending, refetch } = useQuery(sagasInNeed);
  const [asked, setAsked] = useState<Asked & { run: Saga }>();
  const runs = data?.items ?? [];
  return (
    <>
      <PageBar
        title={t.title}
        back={
          <Link to="/sagas" search={{}} aria-label={t.back}>
            <IconArrowLeft size={20} stroke={1.7} />
          </Link>
        }
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={page.scroll} tabIndex={0} aria-label={t.title}>
        <div className={page.column}>
          {isPending && <Skeleton h={140} radius={12} aria-busy="true" />}
          {!data && error && <ErrorState error={error} onRetry={refetch} />}
          {data && runs.length === 0 && (
            <EmptyState icon={<IconCircleCheck size={26} stroke={1.6} />} title={t.emptyTitle}>
              {t.emptyText}
            </EmptyState>
          )}
          {runs.length > 0 && <p className={page.meta}>{t.lead}</p>}
          {runs.map((run) => (
            <Card key={run.id} run={run} onAsk={(what) => setAsked({ ...what, run })} />
          ))}
          {data?.next_cursor && <p className={page.meta}>{t.more}</p>}
        </div>
      </section>
      {asked && <DecideDialog {...asked} onClose={() => setAsked(undefined)} />}
    </>
  );
}

function Card({ run, onAsk }: { run: Saga; onAsk: (asked: Asked) => void }) {
  const now = useNow(20_000);
  const steps = useQuery(sagaSteps(run.saga_id));
  const stuck = (steps.data?.items ?? []).filter(
    (step) => step.actions.length > 0 || (step.error && step.status !== 'done'),
  );
  return (
    <article className={classes.card} aria-label={`${run.definition} ${run.saga_id}`}>
      <ul className={classes.head}>
        <SagaRow run={run} now={now} />
      </ul>
      <div className={classes.body}>
        {run.error && <FailureText failure={run.error} />}
        {stuck.map((step) => (
          <div key={step.id} className={classes.step}>
            <div className={classes.stepHead}>
              <h2 className={classes.name}>{step.id}</h2>
              <span className={page.meta}>{step.action}</span>
              <StepTag step={step} run={run} />
            </div>
            {step.error && step.error.message !== run.error?.message && (
              <FailureText failure={step.error} />
            )}
            <StepButtons step={step} onAsk={onAsk} />
          </div>
        ))}
        <div className={classes.whole}>
          {run.actions.length > 0 ? (
            <>
              <span className={classes.wholeName}>{en.sagas.run.whole}</span>
              <RunButtons run={run} onAsk={(action) => onAsk({ action })} />
            </>
          ) : (
            <span className={page.meta}>{t.notYours}</span>
          )}
        </div>
      </div>
    </article>
  );
}
