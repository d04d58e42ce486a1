import { Button, Select, Stack, TextInput } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { CHANGED_BY_DECISION, saveDefinition, startSaga } from '@/api/sagas';
import { en } from '@/locales/en';
import { CodeBlock } from '@/ui/CodeBlock';
import dialog from '@/ui/Dialog.module.css';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { Disclosure } from './Disclosure';
import { InputFields } from './InputFields';
import { checkInput, curlText, type Startable, skeleton } from './input';
import { StepOutline } from './StepOutline';
import { useStarters } from './useStarters';

const t = en.sagas.start;
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

interface Props {
  what: Startable;
  onClose: () => void;
}

export function StartForm({ what, onClose }: Props) {
  const { mayStart, savers } = useStarters();
  const [text, setText] = useState(() => skeleton(what.paths));
  const [name, setName] = useState(what.name);
  const [workspace, setWorkspace] = useState<string>();
  const [wasTried, setTried] = useState(false);
  const [key] = useState(freshKey);
  const start = useStart();
  const place = workspace ?? savers[0]?.id ?? '';
  const checked = checkInput(text, what.paths);
  const isBadName = Boolean(what.template) && !NAME.test(name);
  const isBad = isBadName || Boolean(checked.problem) || Object.keys(checked.members).length > 0;
  const mayNot = !mayStart || (what.template && savers.length === 0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isBad) start.mutate({ what, name, workspace: place, input: checked.value, key });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap={14}>
        {what.description && <p className={dialog.about}>{what.description}</p>}
        <StepOutline steps={what.steps} />
        {what.template && (
          <TextInput
            label={t.name}
            description={t.nameHint}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={wasTried && isBadName ? t.badName : undefined}
          />
        )}
        {what.template && savers.length > 1 && (
          <Select
            label={t.workspace}
            data={savers.map(({ id, name: label }) => ({ value: id, label }))}
            value={place}
            onChange={(id) => setWorkspace(id ?? undefined)}
          />
        )}
        <InputFields
          paths={what.paths}
          text={text}
          checked={checked}
          wasTried={wasTried}
          onText={setText}
        />
        <Disclosure title={t.shell}>
          <CodeBlock
            title={en.sagas.fromShell}
            code={curlText(
              window.location.origin,
              { ...what, name },
              place,
              checked.value ?? JSON.parse(skeleton(what.paths)),
            )}
          />
        </Disclosure>
        <ProblemAlert error={start.error} isFull />
        {mayNot && <p className={dialog.hint}>{mayStart ? t.onlyAdmins : t.mayNotStart}</p>}
      </Stack>
      <div className={dialog.foot}>
        <span className={dialog.leading}>{t.consent}</span>
        <Button variant="default" onClick={onClose}>
          {en.common.cancel}
        </Button>
        <Button
          type="submit"
          leftSection={<IconPlayerPlay size={16} />}
          loading={start.isPending}
          disabled={Boolean(mayNot)}
        >
          {t.run}
        </Button>
      </div>
    </form>
  );
}

interface Start {
  what: Startable;
  name: string;
  workspace: string;
  input: unknown;
  key: string;
}

/** A ready-made saga is saved first; saving the same once more changes nothing, so this can be tried again. */
function useStart() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async ({ what, name, workspace, input, key }: Start) => {
      if (what.template) {
        const definition = { workspace_id: workspace, ...what.template.definition };
        await saveDefinition(name, { ...definition, description: what.description });
      }
      return startSaga(name, input, key);
    },
    onSuccess: (run) => navigate({ to: '/sagas/$sagaId', params: { sagaId: run.saga_id } }),
    onSettled: () => {
      for (const name of ['saga-definitions', ...CHANGED_BY_DECISION]) {
        void queryClient.invalidateQueries({ queryKey: [name] });
      }
    },
  });
}

/** `crypto.randomUUID` is missing on pages that came over plain HTTP. */
function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
