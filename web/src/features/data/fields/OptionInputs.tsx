import { NumberInput, Select, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { en } from '@/locales/en';
import { useEditing } from '../edit/EditContext';
import { ChoicesInput } from './ChoicesInput';
import { FormulaInput } from './FormulaInput';
import type { FieldForm } from './fieldTypes';

const t = en.fields;
const DURATIONS = ['h:mm', 'h:mm:ss', 'h:mm:ss.S', 'h:mm:ss.SS', 'h:mm:ss.SSS'];
const DATES = ['iso', 'us', 'european', 'friendly', 'local'] as const;

interface Props {
  form: UseFormReturnType<FieldForm>;
}

/** What the chosen type wants to know. */
export function OptionInputs({ form }: Props) {
  const input = form.getInputProps;
  switch (form.values.type) {
    case 'number':
    case 'percent':
      return <NumberInput label={t.precision} min={0} max={8} {...input('precision')} />;
    case 'currency':
      return (
        <>
          <TextInput label={t.symbol} {...input('symbol')} />
          <NumberInput label={t.precision} min={0} max={7} {...input('precision')} />
        </>
      );
    case 'duration':
      return <Select label={t.format} data={DURATIONS} {...input('duration')} />;
    case 'rating':
      return <NumberInput label={t.max} min={1} max={10} {...input('max')} />;
    case 'date':
    case 'dateTime':
      return <DateInputs form={form} />;
    case 'singleSelect':
    case 'multipleSelects':
      return <ChoicesOfForm form={form} />;
    case 'multipleRecordLinks':
      return <TableInput form={form} />;
    case 'formula':
      return <FormulaInput {...input('formula')} />;
    case 'count':
    case 'rollup':
    case 'multipleLookupValues':
      return <LinkInputs form={form} />;
    default:
      return null;
  }
}

export function ChoicesOfForm({ form }: Props) {
  const { value, error, onChange } = form.getInputProps('choices');
  return <ChoicesInput value={value} error={error} onChange={onChange} />;
}

function DateInputs({ form }: Props) {
  const input = form.getInputProps;
  const formats = DATES.map((value) => ({ value, label: t.dates[value] }));
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <>
      <Select label={t.format} data={formats} {...input('dateFormat')} />
      {form.values.type === 'dateTime' && (
        <>
          <Select
            label={t.time}
            data={[
              { value: '24hour', label: t.hours24 },
              { value: '12hour', label: t.hours12 },
            ]}
            {...input('timeFormat')}
          />
          <Select
            label={t.zone}
            data={[
              { value: 'client', label: t.zoneOwn },
              { value: 'utc', label: 'UTC' },
              ...(zone && zone !== 'UTC' ? [zone] : []),
            ]}
            {...input('timeZone')}
          />
        </>
      )}
    </>
  );
}

function TableInput({ form }: Props) {
  const { base } = useEditing();
  const tables = base.tables.map(({ id, name }) => ({ value: id, label: name }));
  return <Select label={t.linkedTable} data={tables} {...form.getInputProps('linkedTable')} />;
}

function LinkInputs({ form }: Props) {
  const { base, table } = useEditing();
  const links = table.fields.filter(({ type }) => type === 'multipleRecordLinks');
  const link = links.find(({ id }) => id === form.values.link);
  const linked = base.tables.find(({ id }) => id === link?.options?.linkedTableId);
  const named = ({ id, name }: { id: string; name: string }) => ({ value: id, label: name });
  return (
    <>
      <Select label={t.link} data={links.map(named)} {...form.getInputProps('link')} />
      {form.values.type !== 'count' && (
        <Select
          label={t.linkedField}
          data={(linked?.fields ?? []).map(named)}
          {...form.getInputProps('linkedField')}
        />
      )}
      {form.values.type === 'rollup' && <FormulaInput {...form.getInputProps('formula')} />}
    </>
  );
}
