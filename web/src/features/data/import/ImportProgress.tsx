import { Button, Progress } from '@mantine/core';
import { en } from '@/locales/en';
import { ProblemAlert } from '@/ui/ProblemAlert';
import classes from './Import.module.css';
import type { Importing } from './useImport';

const t = en.import;

interface Props {
  state: Importing;
  onStop: () => void;
  onGoOn: () => void;
  onEnd: () => void;
}

/** How far an import is, and what holds it up. */
export function ImportProgress({ state, onStop, onGoOn, onEnd }: Props) {
  const { outcome, total, phase, error, isStopping } = state;
  const isRunning = phase === 'running';
  const share = total > 0 ? (100 * outcome.done) / total : 100;
  return (
    <>
      {!isRunning && (
        <>
          <ProblemAlert error={error} isFull />
          <p className={classes.hint}>
            {t.stopped}. {t.stoppedHint}
          </p>
        </>
      )}
      <Progress value={share} size="lg" aria-label={t.progress} />
      <p className={classes.name}>
        <span className="num">{t.running(outcome.done, total)}</span>
        {outcome.refused.length > 0 && (
          <span className={classes.hint}>{t.refusedSoFar(outcome.refused.length)}</span>
        )}
      </p>
      <div className={classes.foot}>
        {isRunning && (
          <Button variant="default" disabled={isStopping} onClick={onStop}>
            {isStopping ? t.stopping : t.stop}
          </Button>
        )}
        {!isRunning && (
          <>
            <Button variant="default" onClick={onEnd}>
              {t.endHere}
            </Button>
            <Button onClick={onGoOn}>{t.goOn}</Button>
          </>
        )}
      </div>
    </>
  );
}
