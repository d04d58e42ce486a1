import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { post } from '@/api/client';
import { toastProblem } from '@/ui/toast';

export function useSignOut() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    try {
      await post('/api/auth/logout');
    } catch (error) {
      toastProblem(error);
      return;
    }
    await navigate({ to: '/sign-in', search: {} });
    queryClient.clear();
  };
}
