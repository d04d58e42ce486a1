import { Modal, Select, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { definitions, templates } from '@/api/sagas';
import { en } from '@/locales/en';
import dialog from '@/ui/Dialog.module.css';
import { ErrorState } from '@/ui/ErrorState';
import { useIsPhone } from '@/ui/useIsPhone';
import { ofDefinition, ofTemplate, type Startable } from './input';
import { StartForm } from './StartForm';

const t = en.sagas.start;

interface Props {
  /** Name of what is chosen at first; empty for whatever comes first. */
  wanted: string;
  onClose: () => void;
}

export function StartDialog({ wanted, onClose }: Props) {
  const isPhone = useIsPhone();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.title}
      size={640}
      fullScreen={isPhone}
      classNames={{ body: dialog.dialog }}
    >
      <Choose wanted={wanted} onClose={onClose} />
    </Modal>
  );
}

function Choose({ wanted, onClose }: Props) {
  const saved = useQuery(definitions);
  const ready = useQuery(templates);
  const [picked, setPicked] = useState<string>();
  const error = saved.error ?? ready.error;
  if (error) return <ErrorState error={error} />;
  if (!saved.data || !ready.data) return <Skeleton h={240} radius={10} aria-busy="true" />;
  const yours = saved.data.items.map(ofDefinition);
  const names = new Set(yours.map(({ name }) => name));
  // A ready-made one that is saved under its own name is started as what was saved.
  const open = ready.data.items.map(ofTemplate).filter(({ name }) => !names.has(name));
  const all = [...yours, ...open];
  const chosen =
    all.find(({ key }) => key === picked) ?? all.find(({ name }) => name === wanted) ?? all[0];
  if (!chosen) return <p>{t.nothing}</p>;
  return (
    <Stack gap={14}>
      <Select
        label={t.what}
        data={groups(yours, open)}
        value={chosen.key}
        onChange={(key) => setPicked(key ?? undefined)}
        searchable={all.length > 8}
        comboboxProps={{ withinPortal: true }}
      />
      <StartForm key={chosen.key} what={chosen} onClose={onClose} />
    </Stack>
  );
}

function groups(yours: Startable[], open: Startable[]) {
  const options = (items: Startable[]) =>
    items.map(({ key, name, version }) => ({
      value: key,
      label: version === undefined ? name : `${name} · ${en.sagas.version(version)}`,
    }));
  return [
    { group: t.yours, items: options(yours) },
    { group: t.ready, items: options(open) },
  ].filter(({ items }) => items.length > 0);
}
