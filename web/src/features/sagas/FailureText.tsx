import type { Failure } from '@/api/sagas';
import { en } from '@/locales/en';
import classes from './SagaPage.module.css';

interface Props {
  failure: Failure;
  /** What to do stands elsewhere on the page. */
  isBrief?: boolean;
}

/** What went wrong, its code, and what to do. */
export function FailureText({ failure, isBrief }: Props) {
  return (
    <div className={classes.failure}>
      <p>
        {failure.message} <code className={classes.code}>{failure.code}</code>
      </p>
      {!isBrief && (
        <p>
          <strong>{en.sagas.run.next}:</strong> {failure.next}
        </p>
      )}
    </div>
  );
}
