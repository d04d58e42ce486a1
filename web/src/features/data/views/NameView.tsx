import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { View } from '@/api/types';
import type { ViewSettings } from '@/api/views';
import { en } from '@/locales/en';
import { formErrors } from '@/ui/formErrors';
import { useIsPhone } from '@/ui/useIsPhone';
import { useViewChange } from './useViewChange';

const t = en.views;

interface Props {
  /** The view that is renamed or copied; absent to make one. */
  view?: View;
  /** What a copy shows; absent to rename. */
  settings?: ViewSettings;
  onDone: (viewId: string) => void;
  onClose: () => void;
}

/** Asks what a view shall be called, and makes or renames it. */
export function NameView({ view, settings, onDone, onClose }: Props) {
  const isPhone = useIsPhone();
  const save = useViewChange();
  const isNew = !view || Boolean(settings);
  const form = useForm({
    initialValues: { name: view && settings ? t.copyOf(view.name) : (view?.name ?? '') },
    validate: { name: (value) => (value.trim() ? null : en.auth.required) },
  });
  const submit = form.onSubmit((values) => {
    const name = values.name.trim();
    const change =
      view && !isNew
        ? { kind: 'update' as const, viewId: view.id, change: { name }, told: t.renamed(name) }
        : { kind: 'create' as const, view: { ...settings, name }, told: t.made(name) };
    save.mutate(change, {
      onSuccess: (id) => {
        onDone(id);
        onClose();
      },
      onError: (error) => form.setErrors(formErrors(error)),
    });
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={!view ? t.add : settings ? t.duplicate : t.rename}
      size={420}
      fullScreen={isPhone}
    >
      <form noValidate onSubmit={submit}>
        <Stack gap="md">
          <TextInput label={t.name} data-autofocus {...form.getInputProps('name')} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {en.common.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {isNew ? t.create : t.saveName}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
