import { notifications } from '@mantine/notifications';
import { ApiError } from '@/api/client';
import { en } from '@/locales/en';

export function toast(message: string) {
  notifications.show({ message, color: 'teal', withBorder: true });
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
