import { Button } from '@mantine/core';
import { IconCloudDataConnection, IconPlus } from '@tabler/icons-react';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';

const t = en.connections;

export function Empty({ onAdd }: { onAdd: () => void }) {
  return (
    <EmptyState
      icon={<IconCloudDataConnection size={26} stroke={1.6} />}
      title={t.emptyTitle}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={onAdd}>
          {t.add}
        </Button>
      }
    >
      {t.emptyText}
    </EmptyState>
  );
}
