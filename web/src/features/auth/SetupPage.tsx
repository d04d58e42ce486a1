import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { post } from '@/api/client';
import { authState } from '@/api/queries';
import type { Session } from '@/api/types';
import { en } from '@/locales/en';
import { formErrors } from '@/ui/formErrors';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { AuthFrame } from './AuthFrame';
import { fragmentToken } from './fragmentToken';
import { email, filled, password } from './rules';
import { useSessionStart } from './useSession';

const t = en.auth;

export function SetupPage() {
  const [token] = useState(() => fragmentToken(window.location.hash));
  const state = useQuery(authState);
  if (state.data?.setup_required === false) {
    return (
      <AuthFrame title={t.setupDone} hint={t.setupDoneHint}>
        <Button renderRoot={(props) => <Link to="/sign-in" {...props} />}>{t.signIn}</Button>
      </AuthFrame>
    );
  }
  if (!token) return <AuthFrame title={t.noToken} hint={t.noSetupTokenHint} />;
  return (
    <AuthFrame title={t.setupTitle} hint={t.setupHint}>
      <SetupForm token={token} />
    </AuthFrame>
  );
}

function SetupForm({ token }: { token: string }) {
  const start = useSessionStart();
  const form = useForm({
    initialValues: { name: '', email: '', password: '', workspace_name: '' },
    validateInputOnBlur: true,
    validate: { name: filled, email, password },
  });
  const setup = useMutation({
    mutationFn: ({ workspace_name, ...owner }: typeof form.values) =>
      post<Session>('/api/auth/setup', {
        token,
        ...owner,
        ...(workspace_name.trim() && { workspace_name: workspace_name.trim() }),
      }),
    onSuccess: start,
    onError: (error) => form.setErrors(formErrors(error)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => setup.mutate(values))} noValidate>
      <Stack gap="md">
        <ProblemAlert error={setup.error} />
        <TextInput label={t.name} autoComplete="name" autoFocus {...form.getInputProps('name')} />
        <TextInput
          label={t.email}
          type="email"
          autoComplete="username"
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={t.password}
          description={t.passwordHint}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <TextInput
          label={t.workspace}
          description={t.workspaceHint}
          {...form.getInputProps('workspace_name')}
        />
        <Button type="submit" size="md" loading={setup.isPending}>
          {t.setupButton}
        </Button>
      </Stack>
    </form>
  );
}
