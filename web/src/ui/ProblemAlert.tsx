import { ApiError } from '@/api/client';
import { en } from '@/locales/en';
import classes from './ProblemAlert.module.css';

export function ProblemAlert({ error }: { error: unknown }) {
  if (!error) return null;
  const problem = error instanceof ApiError ? error.problem : undefined;
  return (
    <div role="alert" className={classes.root}>
      <strong>{problem?.title ?? en.common.failed}</strong>
      {problem?.next && <span>{problem.next}</span>}
    </div>
  );
}
