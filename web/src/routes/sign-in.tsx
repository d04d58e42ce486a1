import { createFileRoute } from '@tanstack/react-router';
import { SignInPage } from '@/features/auth/SignInPage';

export const Route = createFileRoute('/sign-in')({
  validateSearch: (search: Record<string, unknown>): { next?: string } => ({
    next: typeof search.next === 'string' && isLocal(search.next) ? search.next : undefined,
  }),
  component: SignIn,
});

/** A link that leads off this server after sign-in would be a gift to phishers. */
function isLocal(path: string) {
  return path.startsWith('/') && !/^\/[/\\]/.test(path);
}

function SignIn() {
  return <SignInPage next={Route.useSearch().next ?? '/'} />;
}
