import { useMutation, useQueryClient } from '@tanstack/react-query';
import { offerBase, withdrawBase } from '@/api/connections';
import { setOffered } from './cache';
import type { BaseRow, Choice } from './rows';

/** Changes of one base go one after the other, so that the last choice is the one that stays. */
export function useOffer(connectionId: string, { id, choice }: BaseRow) {
  const queryClient = useQueryClient();
  const mutation = useMutation({
    scope: { id: `offer ${connectionId} ${id}` },
    mutationFn: async (wanted: Choice) => {
      if (wanted !== 'none') return offerBase(connectionId, id, wanted);
      await withdrawBase(connectionId, id);
      return null;
    },
    onSuccess: (offered) => setOffered(queryClient, connectionId, id, offered),
  });
  const { variables, isPending, isSuccess, error, mutate } = mutation;
  return {
    choose: mutate,
    /** What was chosen last, also while the server has not answered yet. */
    shown: isPending ? variables : choice,
    done: isSuccess ? variables : null,
    isPending,
    error,
  };
}
