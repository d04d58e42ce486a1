import { IconAlertTriangle, IconClock, IconInfoCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { isOver, type RunAction, type Saga, type SagaStep } from '@/api/sagas';
import { en } from '@/locales/en';
import { CodeBlock } from '@/ui/CodeBlock';
import { durationText, span } from '@/ui/duration';
import { Fact } from '@/ui/Fact';
import { Notice } from '@/ui/Notice';
import page from '@/ui/Page.module.css';
import { comingText, fullTime, timeText } from '@/ui/times';
import { useNow } from '@/ui/useNow';
import { Disclosure } from './Disclosure';
import { FailureText } from './FailureText';
import { RunButtons } from './RunButtons';
import classes from './SagaPage.module.css';
import { SagaTile } from './SagaTile';
import { StateTag } from './StateTag';

const t = en.sagas;

interface Props {
  run: Saga;
  steps: SagaStep[] | undefined;
  onAsk: (action: RunAction) => void;
}

export function SagaFacts({ run, steps, onAsk }: Props) {
  const now = useNow(1000);
  return (
    <>
      <div className={page.hero}>
        <SagaTile state={run.status} size={44} />
        <div className={page.heroText}>
          <h2 className={page.what}>{summary(run, now)}</h2>
          <p className={page.meta}>
            {run.definition} · {t.version(run.version)} ·{' '}
            {t.stepsDone(run.steps_done, run.total_steps)}
          </p>
        </div>
        <StateTag state={run.status} />
      </div>
      <State run={run} steps={steps} onAsk={onAsk} />
      <dl className={page.facts}>
        <Fact name={t.run.by}>{run.started_by.name ?? t.run.gone}</Fact>
        <Fact name={t.run.when}>
          <time dateTime={run.started_at} title={fullTime(run.started_at)}>
            {timeText(run.started_at, now)}
          </time>
        </Fact>
        {run.ended_at && (
          <Fact name={t.run.ended}>
            <time dateTime={run.ended_at}>{fullTime(run.ended_at)}</time>
          </Fact>
        )}
        <Fact name={t.run.duration}>{durationText(span(run.started_at, run.ended_at ?? now))}</Fact>
        <Fact name={t.run.id}>
          <code>{run.saga_id}</code>
        </Fact>
        {run.outer_saga_id && (
          <Fact name={t.run.outer}>
            <Link
              to="/sagas/$sagaId"
              params={{ sagaId: run.outer_saga_id }}
              className={page.link}
              title={t.run.outerHint}
            >
              <code>{run.outer_saga_id}</code>
            </Link>
          </Fact>
        )}
      </dl>
      <Values run={run} />
    </>
  );
}

function summary(run: Saga, now: number) {
  const s = t.run.summary;
  switch (run.status) {
    case 'waiting':
      if (run.waits_for === 'outer saga') return s.outer;
      return t.waits(run.waits_for ?? '', run.next_at ? comingText(run.next_at, now) : undefined);
    case 'running':
      return s.running(run.current_step);
    case 'completed':
      return s.completed(run.total_steps);
    default:
      return s[run.status];
  }
}

/** Why it stands where it stands, and what can be done about it. */
function State({ run, steps, onAsk }: Props) {
  const isInNeed = run.status === 'needs_attention';
  const isCancelled = run.error?.code === 'cancelled';
  const isPastPivot = steps?.some(({ kind, status }) => kind === 'P' && status === 'done');
  return (
    <>
      {run.error && (
        <Notice
          tone={isInNeed ? 'danger' : isCancelled ? 'neutral' : 'warning'}
          icon={isCancelled ? IconInfoCircle : IconAlertTriangle}
          title={isInNeed ? t.need.title : isCancelled ? t.need.cancelled : t.need.failed}
        >
          <FailureText failure={run.error} />
          {isInNeed && run.actions.length > 0 && (
            <div className={classes.decide}>
              <RunButtons run={run} onAsk={onAsk} />
            </div>
          )}
          {isInNeed && run.actions.length === 0 && <p>{t.need.notYours}</p>}
        </Notice>
      )}
      {run.cancel_requested_at && !isOver(run.status) && run.status !== 'compensating' && (
        <p className={classes.line} role="status">
          <IconClock size={16} aria-hidden="true" />
          {t.cancelling}
        </p>
      )}
      {isPastPivot && ['running', 'waiting'].includes(run.status) && (
        <p className={classes.line}>
          <IconInfoCircle size={16} aria-hidden="true" />
          {t.run.pastPivot}
        </p>
      )}
    </>
  );
}

function Values({ run }: { run: Saga }) {
  return (
    <div className={classes.values}>
      <Disclosure title={t.run.input}>
        <CodeBlock title={t.run.input} code={JSON.stringify(run.input, null, 2)} />
      </Disclosure>
      {run.output !== null && (
        <Disclosure title={t.run.output}>
          <CodeBlock title={t.run.output} code={JSON.stringify(run.output, null, 2)} />
        </Disclosure>
      )}
    </div>
  );
}
