import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { post } from '@/api/client';
import { authState } from '@/api/queries';
import type { Session } from '@/api/types';
import { en } from '@/locales/en';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { AuthFrame } from './AuthFrame';
import { email, filled } from './rules';
import { useSessionStart } from './useSession';

const t = en.auth;

export function SignInPage({ next }: { next: string }) {
  const state = useQuery(authState);
  if (state.data?.setup_required) {
    return <AuthFrame title={t.notSetUp} hint={t.notSetUpHint} />;
  }
  return (
    <AuthFrame title={t.signInTitle} hint={t.signInHint}>
      <SignInForm next={next} />
    </AuthFrame>
  );
}

function SignInForm({ next }: { next: string }) {
  const start = useSessionStart(next);
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: { email, password: filled },
  });
  const signIn = useMutation({
    mutationFn: (values: typeof form.values) => post<Session>('/api/auth/login', values),
    onSuccess: start,
  });
  return (
    <form onSubmit={form.onSubmit((values) => signIn.mutate(values))} noValidate>
      <Stack gap="md">
        <ProblemAlert error={signIn.error} />
        <TextInput
          label={t.email}
          type="email"
          autoComplete="username"
          autoFocus
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={t.password}
          autoComplete="current-password"
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="md" loading={signIn.isPending}>
          {t.signIn}
        </Button>
      </Stack>
    </form>
  );
}
