import { Button, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { post } from '@/api/client';
import { me, sessions } from '@/api/queries';
import { en } from '@/locales/en';
import { formErrors } from '@/ui/formErrors';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { toast } from '@/ui/toast';

const t = en.settings;

export function PasswordForm() {
  const { data } = useQuery(me);
  const queryClient = useQueryClient();
  const form = useForm({
    initialValues: { new_password: '' },
    validate: {
      new_password: (value) => (value.length >= 12 ? null : en.auth.tooShort),
    },
  });
  const change = useMutation({
    mutationFn: (values: typeof form.values) => post<void>('/api/auth/password', values),
    onSuccess: () => {
      form.reset();
      toast(t.passwordChanged);
      void queryClient.invalidateQueries(sessions);
    },
    onError: (error) => form.setErrors(formErrors(error)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => change.mutate(values))} noValidate>
      <Stack gap="md" maw={380}>
        <ProblemAlert error={change.error} />
        {/* Password managers need to know whose password this is. */}
        <input
          type="hidden"
          name="username"
          autoComplete="username"
          value={data?.user.email ?? ''}
        />
        <PasswordInput
          label={t.newPassword}
          description={en.auth.passwordHint}
          autoComplete="new-password"
          {...form.getInputProps('new_password')}
        />
        <div>
          <Button type="submit" variant="default" loading={change.isPending}>
            {t.changePassword}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
