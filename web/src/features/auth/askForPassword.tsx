import { Button, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { modals } from '@mantine/modals';
import { useMutation, useQuery } from '@tanstack/react-query';
import { post } from '@/api/client';
import { me } from '@/api/queries';
import type { Session } from '@/api/types';
import { en } from '@/locales/en';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { filled } from './rules';

const t = en.auth;
const ID = 'confirm-password';

/** Asks in a dialog; true once the server has accepted the password, false when the dialog was closed. */
export function askForPassword() {
  return new Promise<boolean>((resolve) => {
    const onProved = () => {
      resolve(true);
      modals.close(ID);
    };
    modals.open({
      modalId: ID,
      title: t.confirmTitle,
      onClose: () => resolve(false),
      children: <PasswordPrompt onProved={onProved} />,
    });
  });
}

function PasswordPrompt({ onProved }: { onProved: () => void }) {
  const { data } = useQuery(me);
  const form = useForm({ initialValues: { password: '' }, validate: { password: filled } });
  const prove = useMutation({
    mutationFn: (values: typeof form.values) => post<Session>('/api/auth/reauthenticate', values),
    onSuccess: onProved,
  });
  return (
    <form onSubmit={form.onSubmit((values) => prove.mutate(values))} noValidate>
      <Stack gap="md">
        <span>{t.confirmHint}</span>
        <ProblemAlert error={prove.error} />
        {/* Password managers need to know whose password this is. */}
        <input
          type="hidden"
          name="username"
          autoComplete="username"
          value={data?.user.email ?? ''}
        />
        <PasswordInput
          label={t.password}
          autoComplete="current-password"
          data-autofocus
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={prove.isPending}>
          {t.confirmButton}
        </Button>
      </Stack>
    </form>
  );
}
