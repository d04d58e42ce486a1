import type { StepDefinition } from '@/api/sagas';
import { en } from '@/locales/en';
import dialog from '@/ui/Dialog.module.css';
import classes from './Start.module.css';

const t = en.sagas;

/** What a definition does, a line for each step. */
export function StepOutline({ steps }: { steps: StepDefinition[] }) {
  return (
    <section aria-label={t.start.steps}>
      <h3 className={dialog.heading}>{t.start.steps}</h3>
      <ol className={classes.outline}>
        {steps.map((step) => (
          <li key={step.id}>
            <span className={classes.name}>{step.id}</span>{' '}
            <span className={classes.what}>
              {actionText(step)} · {t.step.kinds[step.kind]}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function actionText({ action }: StepDefinition) {
  if (typeof action.tool === 'string') return action.tool;
  const http = action.http as { method?: string } | undefined;
  if (http) return `${http.method ?? 'POST'} request`;
  const inner = action.saga as { definition?: string } | undefined;
  if (inner) return `saga ${inner.definition}`;
  return 'approval' in action ? 'approval' : 'wait';
}
