import { createFileRoute, redirect } from '@tanstack/react-router';
import { ApiError } from '@/api/client';
import { me } from '@/api/queries';
import { Shell } from '@/app/Shell';

export const Route = createFileRoute('/_app')({
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(me);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      throw redirect({ to: '/sign-in', search: { next: location.href } });
    }
  },
  component: Shell,
});
