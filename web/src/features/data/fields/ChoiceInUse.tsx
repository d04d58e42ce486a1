import { Button } from '@mantine/core';
import { ApiError } from '@/api/client';
import { en } from '@/locales/en';
import classes from './ChoicesInput.module.css';

const t = en.fields;

export function isInUse(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === 'choice_in_use';
}

interface Props {
  error: ApiError;
  isBusy: boolean;
  onClear: () => void;
}

/** How many records have a choice that was taken away, and the way to go on all the same. */
export function ChoiceInUse({ error, isBusy, onClear }: Props) {
  return (
    <div role="alert" className={classes.inUse}>
      <p>
        <strong>{error.problem.detail}</strong>
      </p>
      <p>{t.inUse}</p>
      <Button color="red" loading={isBusy} onClick={onClear}>
        {t.clearCells}
      </Button>
    </div>
  );
}
