import {
  type Icon,
  IconAlertTriangle,
  IconArrowBackUp,
  IconCheck,
  IconMinus,
  IconPlayerPlay,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type Decision, isOver, type Saga, type SagaStep, type StoryLine } from '@/api/sagas';
import { en } from '@/locales/en';
import { CodeBlock } from '@/ui/CodeBlock';
import { durationText, span } from '@/ui/duration';
import page from '@/ui/Page.module.css';
import { clockText, comingText, fullTime } from '@/ui/times';
import { useNow } from '@/ui/useNow';
import { AskedPeople } from './AskedPeople';
import { Disclosure } from './Disclosure';
import { FailureText } from './FailureText';
import classes from './SagaPage.module.css';
import { StepTag } from './StateTag';
import { StepButtons } from './StepButtons';
import { placeOf, type Span, type StepPlace, type StepTimes, stepTimes } from './stepTimes';

const t = en.sagas;
const ICONS: Partial<Record<StepPlace, Icon>> = {
  now: IconPlayerPlay,
  good: IconCheck,
  back: IconArrowBackUp,
  bad: IconAlertTriangle,
  out: IconMinus,
};

interface Props {
  run: Saga;
  steps: SagaStep[];
  story: StoryLine[];
  onAsk: (asked: Pick<Decision, 'action' | 'step'>) => void;
}

/** The steps in the order of the definition, each with where it stands and what is known about it. */
export function Timeline({ run, steps, story, onAsk }: Props) {
  const now = useNow(1000);
  const times = stepTimes(story);
  return (
    <section aria-label={t.run.steps}>
      <h3 className={classes.heading}>{t.run.steps}</h3>
      <ol className={classes.steps}>
        {steps.map((step) => (
          <li key={step.id} className={classes.step} data-place={placeOf(step, run)}>
            <Marker place={placeOf(step, run)} />
            <div className={classes.card}>
              <Head run={run} step={step} />
              <Facts run={run} step={step} times={times.get(step.id)} now={now} />
              {step.error && (
                <div className={classes.fault}>
                  <FailureText failure={step.error} isBrief={step.error.code === run.error?.code} />
                </div>
              )}
              {step.approval && <AskedPeople run={run} step={step} asked={step.approval} />}
              <Links step={step} />
              <StepButtons step={step} onAsk={onAsk} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Marker({ place }: { place: StepPlace }) {
  const PlaceIcon = ICONS[place];
  return (
    <span className={classes.marker} aria-hidden="true">
      {PlaceIcon && <PlaceIcon size={14} stroke={2.2} />}
    </span>
  );
}

function Head({ run, step }: { run: Saga; step: SagaStep }) {
  return (
    <div className={classes.head}>
      <h4 className={classes.name}>{step.id}</h4>
      <span className={classes.action}>
        {step.action} · {t.step.kinds[step.kind]}
      </span>
      <StepTag step={step} run={run} />
    </div>
  );
}

interface FactsProps {
  run: Saga;
  step: SagaStep;
  times: StepTimes | undefined;
  now: number;
}

function Facts({ run, step, times, now }: FactsProps) {
  const isBack = step.status.startsWith('comp');
  const parts: string[] = [];
  if (step.attempts > 1 || (isBack && step.attempts > 0)) {
    parts.push(isBack ? t.step.undoAttempts(step.attempts) : t.step.attempts(step.attempts));
  }
  const next = run.next_at && comingText(run.next_at, now);
  const isWaiting = run.status === 'waiting' && run.waits_for === step.id;
  if (isWaiting) parts.push(next ? t.step.waitsUntil(next) : t.step.waitsFor(step.id));
  else if (next && isOpen(step)) parts.push(t.nextTry(next));
  if (step.compensation && step.status === 'compensated') {
    parts.push(t.step.takenBackBy(step.compensation));
  } else if (step.compensation && !isOver(run.status)) {
    parts.push(t.step.wouldBeTakenBack(step.compensation));
  }
  return (
    <div className={classes.facts}>
      {times?.forward && <Time of={times.forward} />}
      {times?.back && <Time of={times.back} isBack />}
      {parts.map((part) => (
        <span key={part}>{part}</span>
      ))}
      {step.assurance && <Assured word={step.assurance} />}
    </div>
  );
}

const isOpen = ({ status }: SagaStep) =>
  status === 'planned' || status === 'unknown' || status === 'comp_intent';

function Time({ of: { from, to }, isBack }: { of: Span; isBack?: boolean }) {
  const took = span(from, to);
  const text = clockText(to) + (took >= 1000 ? ` · ${durationText(took)}` : '');
  return (
    <time dateTime={to} title={fullTime(to)}>
      {isBack ? t.step.backAt(text) : text}
    </time>
  );
}

function Assured({ word }: { word: NonNullable<SagaStep['assurance']> }) {
  const [name, meaning] = t.step.assurance[word];
  return (
    <span className={classes.assured} data-word={word}>
      <strong>{name}</strong>: {meaning}
    </span>
  );
}

function Links({ step }: { step: SagaStep }) {
  const hasResult = step.result !== null && !['wait', 'approval'].includes(step.action);
  if (!step.change_set_id && !step.inner_saga_id && !hasResult) return null;
  return (
    <div className={classes.links}>
      {step.inner_saga_id && (
        <Link
          to="/sagas/$sagaId"
          params={{ sagaId: step.inner_saga_id }}
          className={page.link}
          aria-label={`${t.step.inner}: ${step.id}`}
        >
          {t.step.inner}
        </Link>
      )}
      {step.change_set_id && (
        <Link
          to="/history/$changeId"
          params={{ changeId: step.change_set_id }}
          className={page.link}
          aria-label={`${t.step.change}: ${step.id}`}
        >
          {t.step.change}
        </Link>
      )}
      {hasResult && (
        <Disclosure title={t.run.result}>
          <CodeBlock
            title={`${t.run.result}: ${step.id}`}
            code={JSON.stringify(step.result, null, 2)}
          />
        </Disclosure>
      )}
    </div>
  );
}
