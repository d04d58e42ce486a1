import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from '@/api/client';
import { apiKeys } from '@/api/queries';
import type { NewApiKey } from '@/api/types';
import { en } from '@/locales/en';
import { CopyButton } from '@/ui/CopyButton';
import { formErrors } from '@/ui/formErrors';
import { ProblemAlert } from '@/ui/ProblemAlert';
import classes from './ConnectPage.module.css';

const t = en.connect;
const READ = [
  'data.records:read',
  'data.recordComments:read',
  'schema.bases:read',
  'user.email:read',
];
const WRITE = [
  'data.records:write',
  'data.recordComments:write',
  'schema.bases:write',
  'webhook:manage',
];

interface Props {
  value?: string;
  onChange: (key: string | undefined) => void;
}

export function KeyStep({ value, onChange }: Props) {
  if (!value) return <KeyForm onCreated={onChange} />;
  return (
    <div className={classes.newKey}>
      <strong>{t.newKey}</strong>
      <p className={classes.stepHint}>{t.newKeyHint}</p>
      <div className={classes.keyLine}>
        <code className={classes.key} data-testid="new-key">
          {value}
        </code>
        <CopyButton text={value} />
        <Button size="xs" variant="subtle" onClick={() => onChange(undefined)}>
          {t.createAnother}
        </Button>
      </div>
    </div>
  );
}

function KeyForm({ onCreated }: { onCreated: (key: string) => void }) {
  const queryClient = useQueryClient();
  const form = useForm({
    initialValues: { name: t.keyNameDefault, access: 'write', expiry: '90', recorded: true },
    validate: { name: (name) => (name.trim() ? null : en.auth.required) },
  });
  const create = useMutation({
    mutationFn: ({ name, access, expiry, recorded }: typeof form.values) =>
      post<NewApiKey>('/api/auth/keys', {
        name: name.trim(),
        scopes: access === 'write' ? [...READ, ...WRITE] : READ,
        expires_in_days: Number(expiry),
        records_changes: recorded,
      }),
    onSuccess: (created) => {
      onCreated(created.key);
      void queryClient.invalidateQueries(apiKeys);
    },
    onError: (error) => form.setErrors(formErrors(error)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate(values))} noValidate>
      <ProblemAlert error={create.error} />
      <div className={classes.form}>
        <TextInput label={t.keyName} {...form.getInputProps('name')} />
        <Select
          label={t.access}
          data={[
            { value: 'write', label: t.accessWrite },
            { value: 'read', label: t.accessRead },
          ]}
          {...form.getInputProps('access')}
        />
        <Select
          label={t.expiry}
          data={['30', '90', '365'].map((days) => ({ value: days, label: t.expiryDays(+days) }))}
          {...form.getInputProps('expiry')}
        />
        <Button type="submit" loading={create.isPending}>
          {t.createKey}
        </Button>
        {form.values.access === 'write' && (
          <Checkbox
            className={classes.recorded}
            label={t.recorded}
            description={t.recordedHint}
            {...form.getInputProps('recorded', { type: 'checkbox' })}
          />
        )}
      </div>
    </form>
  );
}
