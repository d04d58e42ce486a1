import { Button } from '@mantine/core';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';

export function NotFound() {
  return (
    <EmptyState
      isWholePage
      title={en.common.notFound}
      actions={
        <Button component="a" href="/">
          {en.common.toBases}
        </Button>
      }
    >
      {en.common.notFoundHint}
    </EmptyState>
  );
}
