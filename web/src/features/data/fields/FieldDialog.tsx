import { Button, Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createField, updateField } from '@/api/records';
import type { Field } from '@/api/types';
import { en } from '@/locales/en';
import { formErrors } from '@/ui/formErrors';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { toast } from '@/ui/toast';
import { useIsPhone } from '@/ui/useIsPhone';
import { useEditing } from '../edit/EditContext';
import { ChoiceInUse, isInUse } from './ChoiceInUse';
import { areSame, type ChoiceDraft, choicesOf, draftsOf, wrongName } from './choices';
import { FormulaInput } from './FormulaInput';
import { type FieldForm, FRESH, fieldOf, TYPES } from './fieldTypes';
import { ChoicesOfForm, OptionInputs } from './OptionInputs';

const t = en.fields;
const SELECTS = ['singleSelect', 'multipleSelects'];
const KINDS = TYPES.map((value) => ({ value, label: t.types[value] }));

interface Props {
  /** Absent to make one. */
  field?: Field;
  onClose: () => void;
}

/** Makes a field, or changes what a field is called and computes. */
export function FieldDialog({ field, onClose }: Props) {
  const isPhone = useIsPhone();
  const save = useSave(field, onClose);
  const form = useForm<FieldForm>({
    initialValues: {
      ...FRESH,
      name: field?.name ?? '',
      description: field?.description ?? '',
      type: field?.type ?? FRESH.type,
      formula: field?.options?.formula ?? '',
      choices: draftsOf(field?.options?.choices),
    },
    validate: {
      name: (value) => (value.trim() ? null : en.auth.required),
      choices: (value) => choiceProblem(value),
    },
  });
  const submit = form.onSubmit((values) =>
    save.mutate(values, { onError: (error) => form.setErrors(formErrors(error)) }),
  );
  return (
    <Modal
      opened
      onClose={onClose}
      title={field ? t.edit(field.name) : t.add}
      size={460}
      fullScreen={isPhone}
    >
      <form noValidate onSubmit={submit}>
        <Stack gap="md">
          {isInUse(save.error) ? (
            <ChoiceInUse
              error={save.error}
              isBusy={save.isPending}
              onClear={() => save.mutate({ ...form.values, isClearing: true })}
            />
          ) : (
            <ProblemAlert error={save.error} isFull />
          )}
          <TextInput label={t.name} data-autofocus {...form.getInputProps('name')} />
          {!field && (
            <Select
              label={t.type}
              data={KINDS}
              searchable
              maxDropdownHeight={280}
              {...form.getInputProps('type')}
            />
          )}
          {!field && <OptionInputs form={form} />}
          {field && SELECTS.includes(field.type) && <ChoicesOfForm form={form} />}
          {field?.type === 'formula' && <FormulaInput {...form.getInputProps('formula')} />}
          <Textarea
            label={t.description}
            autosize
            minRows={1}
            maxRows={5}
            {...form.getInputProps('description')}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {en.common.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {field ? t.save : t.add}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function useSave(field: Field | undefined, onClose: () => void) {
  const queryClient = useQueryClient();
  const { base, table } = useEditing();
  const key = { baseId: base.id, tableId: table.id };
  return useMutation({
    mutationFn: (form: Wanted) =>
      field ? updateField(key, field.id, changeOf(field, form)) : createField(key, fieldOf(form)),
    onSuccess: async (written) => {
      await queryClient.invalidateQueries({ queryKey: ['base', base.id] });
      void queryClient.invalidateQueries({ queryKey: ['rows', base.id] });
      toast(field ? t.saved : t.added(written.field.name));
      onClose();
    },
  });
}

interface Wanted extends FieldForm {
  /** Choices that are gone are taken out of the records that have them. */
  isClearing?: boolean;
}

function changeOf(field: Field, { name, description, formula, choices, isClearing }: Wanted) {
  const isRewritten = field.type === 'formula' && formula !== (field.options?.formula ?? '');
  const isRechosen = SELECTS.includes(field.type) && !areSame(field.options?.choices, choices);
  return {
    name: name.trim(),
    description: description.trim(),
    ...(isRewritten && { options: { formula } }),
    ...(isRechosen && { options: { choices: choicesOf(choices) } }),
    ...(isClearing && { clear_cells: true }),
  };
}

function choiceProblem(choices: ChoiceDraft[]) {
  const wrong = wrongName(choices);
  if (!wrong) return null;
  return wrong.kind === 'blank' ? t.choiceBlank : t.choiceTwice(wrong.name);
}
