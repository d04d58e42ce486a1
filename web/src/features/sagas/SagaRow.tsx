import { Progress } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { isOver, type Saga } from '@/api/sagas';
import { en } from '@/locales/en';
import { durationText, span } from '@/ui/duration';
import { comingText, fullTime, shortTime } from '@/ui/times';
import classes from './Sagas.module.css';
import { SagaTile } from './SagaTile';
import { StateTag } from './StateTag';

const t = en.sagas;

export function SagaRow({ run, now }: { run: Saga; now: number }) {
  return (
    <li className={classes.row}>
      <SagaTile state={run.status} />
      <div className={classes.body}>
        <div className={classes.text}>
          <Link to="/sagas/$sagaId" params={{ sagaId: run.saga_id }} className={classes.what}>
            {run.definition}
          </Link>
          <div className={classes.meta}>
            {t.startedBy(run.started_by.name)} ·{' '}
            <time dateTime={run.started_at} title={fullTime(run.started_at)}>
              {shortTime(run.started_at, now)}
            </time>{' '}
            · {timing(run, now)}
          </div>
        </div>
        <div className={classes.aside}>
          {!isOver(run.status) && <Steps run={run} />}
          <StateTag state={run.status} />
        </div>
      </div>
    </li>
  );
}

/** How long it took, or what it waits for. */
export function timing(run: Saga, now: number) {
  if (run.ended_at) return t.took(durationText(span(run.started_at, run.ended_at)));
  if (run.status === 'waiting' && run.next_at) return t.until(comingText(run.next_at, now));
  return t.since(durationText(span(run.started_at, now)));
}

function Steps({ run }: { run: Saga }) {
  const text = t.stepsDone(run.steps_done, run.total_steps);
  return (
    <span className={classes.progress}>
      <span className={classes.count}>{text}</span>
      <Progress
        className={classes.bar}
        value={(100 * run.steps_done) / Math.max(1, run.total_steps)}
        size={5}
        aria-label={text}
        color={run.status === 'needs_attention' ? 'red' : undefined}
      />
    </span>
  );
}
