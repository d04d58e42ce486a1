import { ApiError } from '@/api/client';
import { en } from '@/locales/en';
import classes from './ProblemAlert.module.css';

interface Props {
  error: unknown;
  /** Also what is wrong with which member, where no field of a form shows it. */
  isFull?: boolean;
}

export function ProblemAlert({ error, isFull }: Props) {
  if (!error) return null;
  const problem = error instanceof ApiError ? error.problem : undefined;
  return (
    <div role="alert" className={classes.root}>
      <strong>{problem?.title ?? en.common.failed}</strong>
      {isFull && problem?.detail && <span>{problem.detail}</span>}
      {isFull && problem?.errors && problem.errors.length > 0 && (
        <ul className={classes.fields}>
          {problem.errors.map(({ field, message }) => (
            <li key={`${field} ${message}`}>
              <code>{field}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {problem?.next && <span>{problem.next}</span>}
    </div>
  );
}
