import { Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { base, localBases } from '@/api/queries';
import type { Decision } from '@/api/sagas';
import { en } from '@/locales/en';
import dialog from '@/ui/Dialog.module.css';

const t = en.sagas.dialog;

type Evidence = NonNullable<Decision['evidence']>;
export const EMPTY_EVIDENCE: Evidence = { base_id: '', table_id: '', record_id: '' };

export const isWhole = (evidence: Evidence) => Object.values(evidence).every(Boolean);

interface Props {
  value: Evidence;
  wasTried: boolean;
  onChange: (value: Evidence) => void;
}

/** The record that shows that a step happened. */
export function EvidenceFields({ value, wasTried, onChange }: Props) {
  const list = useQuery(localBases);
  const one = useQuery({ ...base(value.base_id), enabled: value.base_id !== '' });
  const fault = (member: keyof Evidence) =>
    wasTried && !value[member] ? en.auth.required : undefined;
  const options = (items: { id: string; name: string }[] | undefined) =>
    (items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <section aria-label={t.evidence}>
      <h3 className={dialog.heading}>{t.evidence}</h3>
      <p className={dialog.hint}>{t.evidenceHint}</p>
      <Select
        mt={8}
        label={t.base}
        placeholder={t.pick}
        data={options(list.data)}
        value={value.base_id || null}
        onChange={(id) => onChange({ ...EMPTY_EVIDENCE, base_id: id ?? '' })}
        error={fault('base_id')}
        searchable
      />
      <Select
        mt={8}
        label={t.table}
        placeholder={t.pick}
        data={options(one.data?.tables)}
        value={value.table_id || null}
        onChange={(id) => onChange({ ...value, table_id: id ?? '' })}
        error={fault('table_id')}
      />
      <TextInput
        mt={8}
        label={t.record}
        placeholder={t.recordHint}
        value={value.record_id}
        onChange={(event) => onChange({ ...value, record_id: event.currentTarget.value.trim() })}
        error={fault('record_id')}
      />
    </section>
  );
}
