import { SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { base, localBases } from '@/api/queries';
import { en } from '@/locales/en';
import dialog from '@/ui/Dialog.module.css';
import { type checkInput, withMember } from './input';
import classes from './Start.module.css';

const t = en.sagas.start;

interface Props {
  paths: string[][];
  text: string;
  checked: ReturnType<typeof checkInput>;
  wasTried: boolean;
  onText: (text: string) => void;
}

/** The input as fields or as JSON; both are views of the same text. */
export function InputFields(props: Props) {
  const { paths } = props;
  const hasForm = paths.length > 0 && paths.every((path) => path.length === 1);
  const [isForm, setForm] = useState(hasForm);
  return (
    <section aria-label={t.input} className={classes.input}>
      <div className={classes.inputHead}>
        <h3 className={dialog.heading}>{t.input}</h3>
        {hasForm && (
          <SegmentedControl
            size="xs"
            value={isForm ? 'form' : 'json'}
            onChange={(mode) => setForm(mode === 'form')}
            data={[
              { value: 'form', label: t.asForm },
              { value: 'json', label: t.asJson },
            ]}
            aria-label={t.input}
          />
        )}
      </div>
      {isForm ? <Form {...props} /> : <Json {...props} />}
    </section>
  );
}

function Json({ paths, text, checked, wasTried, onText }: Props) {
  const faults = [checked.problem, ...Object.values(checked.members)].filter(Boolean);
  const isShown = faults.length > 0 && (wasTried || Boolean(checked.problem));
  return (
    <Textarea
      aria-label={t.input}
      description={paths.length === 0 ? t.noInput : undefined}
      value={text}
      onChange={(event) => onText(event.currentTarget.value)}
      error={isShown ? faults.map((fault) => <div key={fault}>{fault}</div>) : undefined}
      autosize
      minRows={4}
      maxRows={14}
      spellCheck={false}
      classNames={{ input: classes.json }}
    />
  );
}

function Form({ paths, text, checked, wasTried, onText }: Props) {
  if (checked.problem) return <p className={dialog.hint}>{t.unreadable}</p>;
  return (
    <>
      {paths.map(([name = '']) => (
        <Member
          key={name}
          name={name}
          value={checked.value}
          error={wasTried ? checked.members[name] : undefined}
          onChange={(member) => onText(withMember(text, name, member))}
        />
      ))}
      <p className={dialog.hint}>{t.formHint}</p>
    </>
  );
}

interface MemberProps {
  name: string;
  value: Record<string, unknown> | undefined;
  error: string | undefined;
  onChange: (member: string) => void;
}

/** Ids of bases and tables are chosen by name, everything else is typed. */
function Member(props: MemberProps) {
  if (props.name.endsWith('base_id')) return <BaseMember {...props} />;
  if (props.name.endsWith('table_id')) return <TableMember {...props} />;
  return (
    <TextInput
      label={props.name}
      value={shown(props)}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      error={props.error}
    />
  );
}

function shown({ name, value }: MemberProps) {
  const member = value?.[name] ?? '';
  return typeof member === 'string' ? member : JSON.stringify(member);
}

function BaseMember(props: MemberProps) {
  const { data } = useQuery(localBases);
  return <Pick {...props} options={data ?? []} />;
}

/** The tables of the base that stands under the same first word. */
function TableMember(props: MemberProps) {
  const baseName = `${props.name.slice(0, -'table_id'.length)}base_id`;
  const baseId = String(props.value?.[baseName] ?? '');
  const { data } = useQuery({ ...base(baseId), enabled: baseId !== '', retry: false });
  return <Pick {...props} options={data?.tables ?? []} />;
}

interface PickProps extends MemberProps {
  options: { id: string; name: string }[];
}

function Pick({ options, ...props }: PickProps) {
  const value = shown(props);
  const data = options.map(({ id, name }) => ({ value: id, label: name }));
  const isKnown = !value || options.some(({ id }) => id === value);
  return (
    <Select
      label={props.name}
      placeholder={t.pick}
      data={isKnown ? data : [...data, { value, label: value }]}
      value={value || null}
      onChange={(id) => props.onChange(id ?? '')}
      error={props.error}
      searchable={options.length > 8}
    />
  );
}
