import { Button } from '@mantine/core';
import type { Decision, SagaStep } from '@/api/sagas';
import { en } from '@/locales/en';
import { ordered } from './decisions';
import classes from './SagaPage.module.css';

const t = en.sagas;

interface Props {
  step: SagaStep;
  onAsk: (asked: Pick<Decision, 'action' | 'step'>) => void;
}

/** What a person may decide about one step. */
export function StepButtons({ step, onAsk }: Props) {
  if (step.actions.length === 0) return null;
  return (
    <div className={classes.decide}>
      {ordered(step.actions).map((action) => (
        <Button
          key={action}
          variant="default"
          size="xs"
          aria-label={t.stepAction(t.actions[action], step.id)}
          onClick={() => onAsk({ action, step: step.id })}
        >
          {t.actions[action]}
        </Button>
      ))}
    </div>
  );
}
