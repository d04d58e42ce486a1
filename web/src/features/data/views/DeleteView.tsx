import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { View } from '@/api/types';
import { en } from '@/locales/en';
import { useViewChange } from './useViewChange';

const t = en.views;

interface Props {
  view: View;
  onDone: () => void;
  onClose: () => void;
}

/** Asks before a view goes, because that cannot be undone. */
export function DeleteView({ view, onDone, onClose }: Props) {
  const remove = useViewChange();
  const run = () =>
    remove.mutate(
      { kind: 'delete', viewId: view.id, told: t.removed(view.name) },
      {
        onSuccess: () => {
          onDone();
          onClose();
        },
      },
    );
  return (
    <Modal opened onClose={onClose} title={t.removeTitle(view.name)} size={420}>
      <Stack gap="md">
        <Text size="sm">{t.removeText}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {en.common.cancel}
          </Button>
          <Button color="red" onClick={run} loading={remove.isPending}>
            {t.remove}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
