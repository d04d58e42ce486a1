import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '@/api/client';
import type { Session } from '@/api/types';
import { en } from '@/locales/en';
import { formErrors } from '@/ui/formErrors';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { AuthFrame } from './AuthFrame';
import { fragmentToken } from './fragmentToken';
import { password } from './rules';
import { useSessionStart } from './useSession';

const t = en.auth;

export function InvitePage() {
  const [token] = useState(() => fragmentToken(window.location.hash));
  if (!token) return <AuthFrame title={t.noToken} hint={t.noInviteTokenHint} />;
  return (
    <AuthFrame title={t.inviteTitle} hint={t.inviteHint}>
      <InviteForm token={token} />
    </AuthFrame>
  );
}

function InviteForm({ token }: { token: string }) {
  const start = useSessionStart();
  const form = useForm({
    initialValues: { name: '', password: '' },
    validateInputOnBlur: true,
    validate: { password },
  });
  const accept = useMutation({
    mutationFn: ({ name, password }: typeof form.values) =>
      post<Session>('/api/auth/invite', {
        token,
        password,
        ...(name.trim() && { name: name.trim() }),
      }),
    onSuccess: start,
    onError: (error) => form.setErrors(formErrors(error)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => accept.mutate(values))} noValidate>
      <Stack gap="md">
        <ProblemAlert error={accept.error} />
        <TextInput label={t.name} autoComplete="name" autoFocus {...form.getInputProps('name')} />
        <PasswordInput
          label={t.password}
          description={t.passwordHint}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="md" loading={accept.isPending}>
          {t.inviteButton}
        </Button>
      </Stack>
    </form>
  );
}
