import { Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type RefObject, useEffect, useId, useRef } from 'react';
import type { Connection, NewConnection } from '@/api/connections';
import type { Workspace } from '@/api/types';
import { en } from '@/locales/en';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { toast } from '@/ui/toast';
import classes from './Connections.module.css';
import { TokenHelp } from './TokenHelp';
import { useConnect } from './useConnect';

const t = en.connections;

interface Props {
  workspaces: Workspace[];
  onAdded: (connection: Connection) => void;
  onCancel: () => void;
}

export function AddConnection({ workspaces, onAdded, onCancel }: Props) {
  const titleId = useId();
  const { send, error, isPending } = useConnect();
  const nameInput = useRef<HTMLInputElement>(null);
  const tokenInput = useRef<HTMLInputElement>(null);
  const form = useConnectionForm(workspaces);
  useEffect(() => nameInput.current?.focus(), []);
  const submit = (values: NewConnection) => {
    // Whatever the answer: a token that was sent is not to be read from the page any more.
    form.setFieldValue('token', '');
    send(trimmed(values), {
      onSuccess: (connection) => {
        toast(t.connected(connection.name));
        onAdded(connection);
      },
      onError: () => tokenInput.current?.focus(),
    });
  };
  return (
    <section className={classes.card} aria-labelledby={titleId}>
      <h2 id={titleId} className={classes.name}>
        {t.add}
      </h2>
      <form onSubmit={form.onSubmit(submit)} noValidate className={classes.form} autoComplete="off">
        <ProblemAlert error={error} isFull />
        <Fields form={form} workspaces={workspaces} nameInput={nameInput} tokenInput={tokenInput} />
        {error && <p className={classes.meta}>{t.form.pasteAgain}</p>}
        <TokenHelp />
        <div className={classes.buttons}>
          <Button type="submit" loading={isPending}>
            {t.form.submit}
          </Button>
          <Button variant="default" onClick={onCancel} disabled={isPending}>
            {en.common.cancel}
          </Button>
        </div>
      </form>
    </section>
  );
}

interface FieldsProps {
  form: ReturnType<typeof useConnectionForm>;
  workspaces: Workspace[];
  nameInput: RefObject<HTMLInputElement | null>;
  tokenInput: RefObject<HTMLInputElement | null>;
}

function Fields({ form, workspaces, nameInput, tokenInput }: FieldsProps) {
  return (
    <>
      {workspaces.length > 1 && (
        <Select
          label={t.form.workspace}
          description={t.form.workspaceHint}
          data={workspaces.map(({ id, name }) => ({ value: id, label: name }))}
          {...form.getInputProps('workspace_id')}
        />
      )}
      <TextInput
        ref={nameInput}
        label={t.form.name}
        description={t.form.nameHint}
        placeholder={t.form.namePlaceholder}
        {...form.getInputProps('name')}
      />
      <PasswordInput
        ref={tokenInput}
        label={t.form.token}
        description={t.form.tokenHint}
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('token')}
      />
    </>
  );
}

function useConnectionForm(workspaces: Workspace[]) {
  const required = (value: string) => (value.trim() ? null : en.auth.required);
  return useForm<NewConnection>({
    initialValues: { workspace_id: workspaces[0]?.id ?? '', name: '', token: '' },
    validate: { name: required, token: required },
  });
}

const trimmed = ({ workspace_id, name, token }: NewConnection) => ({
  workspace_id,
  name: name.trim(),
  token: token.trim(),
});
