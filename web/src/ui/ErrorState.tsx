import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiError } from '@/api/client';
import { en } from '@/locales/en';
import { EmptyState } from './EmptyState';

interface Props {
  error: unknown;
  isWholePage?: boolean;
  onRetry?: () => void;
}

export function ErrorState({ error, isWholePage, onRetry }: Props) {
  const problem = error instanceof ApiError ? error.problem : undefined;
  return (
    <EmptyState
      icon={<IconAlertTriangle size={26} />}
      isWholePage={isWholePage}
      title={problem?.title ?? en.common.failed}
      actions={
        onRetry && (
          <Button variant="default" onClick={onRetry}>
            {en.common.retry}
          </Button>
        )
      }
    >
      {problem?.next ?? problem?.detail ?? en.common.failedHint}
    </EmptyState>
  );
}
