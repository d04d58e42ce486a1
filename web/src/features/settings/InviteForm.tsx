import { Button, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { en } from '@/locales/en';
import { CodeBlock } from '@/ui/CodeBlock';
import { formErrors } from '@/ui/formErrors';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { ROLES } from './roles';
import classes from './SettingsPage.module.css';
import { type Invite, useMemberChanges } from './useMemberChanges';

const t = en.settings;

export function InviteForm({ workspaceId }: { workspaceId: string }) {
  const { invite } = useMemberChanges(workspaceId);
  const form = useForm<Invite>({
    initialValues: { email: '', name: '', role: 'editor' },
    validate: {
      email: (value) => (/^\S+@\S+$/.test(value) ? null : en.auth.badEmail),
      name: (value) => (value.trim() ? null : en.auth.required),
    },
  });
  if (invite.data) return <Invited link={invite.data.invite_url} />;
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) =>
        invite.mutate(values, { onError: (error) => form.setErrors(formErrors(error)) }),
      )}
    >
      <Stack gap="md">
        <ProblemAlert error={invite.error} />
        <TextInput
          label={en.auth.email}
          type="email"
          data-autofocus
          {...form.getInputProps('email')}
        />
        <TextInput label={t.name} {...form.getInputProps('name')} />
        <Select label={t.role} data={ROLES} {...form.getInputProps('role')} />
        <Button type="submit" loading={invite.isPending}>
          {t.invite}
        </Button>
      </Stack>
    </form>
  );
}

function Invited({ link }: { link: string | null }) {
  if (!link) return <p>{t.memberAdded}</p>;
  return (
    <Stack gap="xs">
      <strong>{t.inviteCreated}</strong>
      <p className={classes.hint}>{t.inviteCreatedHint}</p>
      <CodeBlock title={t.invite} code={new URL(link, window.location.origin).href} />
    </Stack>
  );
}
