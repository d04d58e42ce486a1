import { useMutation, useQueryClient } from '@tanstack/react-query';
import { offerBase, withdrawBase } from '@/api/connections';
import { setOffered } from './cache';
import { type BaseRow, type Wanted, withOffer } from './rows';

/** Changes of one base go one after the other, so that the last choice is the one that stays. */
export function useOffer(connectionId: string, row: BaseRow) {
  const queryClient = useQueryClient();
  const { id } = row;
  const mutation = useMutation({
    scope: { id: `offer ${connectionId} ${id}` },
    mutationFn: async (wanted: Wanted) => {
      if (wanted) return offerBase(connectionId, id, wanted);
      await withdrawBase(connectionId, id);
      return null;
    },
    onSuccess: (offered) => setOffered(queryClient, connectionId, id, offered),
  });
  const { variables, isPending, isSuccess, error, mutate } = mutation;
  return {
    send: mutate,
    /** As it was chosen last, also while the server has not answered yet. */
    shown: isPending ? withOffer(row, variables) : row,
    done: isSuccess ? variables : undefined,
    isPending,
    error,
  };
}
