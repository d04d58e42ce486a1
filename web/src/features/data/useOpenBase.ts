import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { base, bases } from '@/api/queries';
import { opened } from './opened';

export function useOpenBase(baseId: string) {
  const whole = useQuery(base(baseId));
  const list = useQuery(bases);
  const listed = list.data?.items.find(({ id }) => id === baseId);
  const known = list.isPending ? undefined : whole.data;
  const data = useMemo(() => known && opened(known, listed), [known, listed]);
  return { data, error: whole.error, refetch: whole.refetch };
}
