import { IconFilterX } from '@tabler/icons-react';
import { ApiError } from '@/api/client';
import type { RowsKey } from '@/api/queries';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';

interface Props {
  error: unknown;
  source: RowsKey;
  onRetry: () => void;
}

/** Why there are no rows; a wrong formula is told in the words of who reads it. */
export function RowsError({ error, source, onRetry }: Props) {
  if (!source.filter || !(error instanceof ApiError) || error.status !== 422) {
    return <ErrorState error={error} onRetry={onRetry} />;
  }
  return (
    <EmptyState icon={<IconFilterX size={26} />} title={en.grid.badFilter}>
      {error.problem.detail}
    </EmptyState>
  );
}
