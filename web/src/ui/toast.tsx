import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ApiError } from '@/api/client';
import { en } from '@/locales/en';
import classes from './toast.module.css';

const ACTION_MS = 10_000;
const latest = new Map<string, string>();

export function toast(message: string) {
  notifications.show({ message, color: 'teal', withBorder: true });
}

interface Action {
  label: string;
  onClick: () => void;
}

/** A note with one thing to do about it, which it offers a little longer; it takes the place of one of the same name. */
export function toastAction(message: string, action: Action, name?: string) {
  notifications.hide(latest.get(name ?? '') ?? '');
  const id = notifications.show({
    message: (
      <span className={classes.line}>
        {message}
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() => {
            notifications.hide(id);
            action.onClick();
          }}
        >
          {action.label}
        </Button>
      </span>
    ),
    color: 'teal',
    withBorder: true,
    autoClose: ACTION_MS,
  });
  if (name) latest.set(name, id);
}

export function toastProblem(error: unknown) {
  const problem = error instanceof ApiError ? error.problem : undefined;
  notifications.show({
    title: problem?.title ?? en.common.failed,
    message: problem?.next ?? problem?.detail ?? '',
    color: 'red',
    withBorder: true,
  });
}
