import { Button, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { en } from '@/locales/en';
import { useNow } from '@/ui/useNow';
import classes from './Copy.module.css';
import { factsText, stateText } from './copyState';
import { useMirror } from './useMirror';

const t = en.copies;
const TICK_MS = 20_000;

interface Props {
  baseId: string;
  name: string;
  /** What else can be done about the copy. */
  children: ReactNode;
}

export function CopyState({ baseId, name, children }: Props) {
  const { known, isUnknown, pause, compare } = useMirror(baseId);
  const now = useNow(TICK_MS);
  const isPaused = known?.phase === 'paused';
  return (
    <>
      <div className={classes.about}>
        {!known && !isUnknown && <Skeleton h={18} w={180} aria-busy="true" />}
        {isUnknown && <p className={classes.meta}>{t.state.unknown}</p>}
        {known && (
          <>
            <p className={classes.state} data-phase={known.phase}>
              {stateText(known, known.phase)}
            </p>
            <p className={classes.meta}>{factsText(known, now)}</p>
          </>
        )}
        {/* Apart from the line above, which says something else with every look. */}
        <span className="srOnly" role="status">
          {known && t.phases[known.phase](name)}
        </span>
      </div>
      <div className={classes.buttons}>
        {known && (
          <>
            <Button
              variant="default"
              size="xs"
              aria-label={(isPaused ? t.goOnLabel : t.pauseLabel)(name)}
              onClick={() => pause(!isPaused)}
            >
              {isPaused ? t.goOn : t.pause}
            </Button>
            <Button
              variant="default"
              size="xs"
              aria-label={t.compareLabel(name)}
              disabled={isPaused || known.phase === 'copying'}
              onClick={() => compare()}
            >
              {t.compare}
            </Button>
          </>
        )}
        {children}
      </div>
    </>
  );
}
