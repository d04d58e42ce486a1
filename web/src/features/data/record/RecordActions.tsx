import { ActionIcon, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { en } from '@/locales/en';
import { useEditing } from '../edit/EditContext';

/** What can be done to the open record as a whole. */
export function RecordActions({ id, onGone }: { id: string; onGone: () => void }) {
  const { mayWrite, edits } = useEditing();
  if (!mayWrite) return null;
  const remove = () => {
    onGone();
    void edits.remove([id]);
  };
  return (
    <Tooltip label={en.grid.deleteRecord}>
      <ActionIcon aria-label={en.grid.deleteRecord} onClick={remove}>
        <IconTrash size={17} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}
