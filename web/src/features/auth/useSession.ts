import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';

/** Nothing that an earlier account has seen may stay in the cache. */
export function useSessionStart(next = '/') {
  const queryClient = useQueryClient();
  const router = useRouter();
  return async () => {
    queryClient.clear();
    await router.navigate({ href: next, replace: true });
  };
}
