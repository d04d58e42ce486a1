import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { compareMirror, type Mirror, mirror, pauseMirror } from '@/api/mirrors';
import { toastProblem } from '@/ui/toast';
import { forgetCopied } from './cache';
import { phaseOf } from './copyState';

const SOON_MS = 2000;
const LATER_MS = 15_000;

/** How the copy of a base stands, asked for again and again, and what can be done about it. */
export function useMirror(baseId: string) {
  const queryClient = useQueryClient();
  /** The comparison that was the last one when another was asked for. */
  const [before, setBefore] = useState<{ comparedAt: string | null }>();
  const phase = (known: Mirror) =>
    phaseOf(known, before !== undefined && before.comparedAt === known.compared_at);
  const isBusy = (known: Mirror) => ['copying', 'comparing'].includes(phase(known));
  const { data, isError } = useQuery({
    ...mirror(baseId),
    refetchInterval: ({ state }) => (state.data && isBusy(state.data) ? SOON_MS : LATER_MS),
  });
  const isComplete = data?.is_complete;
  useEffect(() => {
    // Others read from the copy from now on, or no longer.
    if (isComplete !== undefined) forgetCopied(queryClient, baseId);
  }, [isComplete, queryClient, baseId]);
  const take = (known: Mirror) => queryClient.setQueryData(mirror(baseId).queryKey, known);
  const pause = useMutation({
    mutationFn: (isPaused: boolean) => pauseMirror(baseId, isPaused),
    onSuccess: take,
    onError: toastProblem,
  });
  const compare = useMutation({
    mutationFn: () => compareMirror(baseId),
    onSuccess: (known) => {
      setBefore({ comparedAt: known.compared_at });
      take(known);
    },
    onError: toastProblem,
  });
  return {
    known: data && { ...data, phase: phase(data) },
    isUnknown: isError,
    pause: pause.mutate,
    compare: compare.mutate,
  };
}
