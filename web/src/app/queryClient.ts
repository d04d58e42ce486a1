import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '@/api/client';

const TRANSIENT = [0, 429, 502, 503, 504];

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiError && TRANSIENT.includes(error.status),
      refetchOnWindowFocus: true,
    },
  },
});
