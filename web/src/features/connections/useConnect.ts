import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { connect, type NewConnection } from '@/api/connections';
import { addConnection } from './cache';

/**
 * Connects an account. The token goes around the mutation, whose variables stay in memory after it has ended.
 */
export function useConnect() {
  const queryClient = useQueryClient();
  const token = useRef('');
  const mutation = useMutation({
    mutationFn: (values: Omit<NewConnection, 'token'>) => {
      const body = { ...values, token: token.current };
      token.current = '';
      return connect(body);
    },
    onSuccess: (connection) => addConnection(queryClient, connection),
  });
  const send = (
    { token: secret, ...values }: NewConnection,
    options: Parameters<typeof mutation.mutate>[1],
  ) => {
    token.current = secret;
    mutation.mutate(values, options);
  };
  return { send, error: mutation.error, isPending: mutation.isPending };
}
