import { ActionIcon, Tooltip } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { en } from '@/locales/en';
import { useEditing } from '../edit/EditContext';

const ImportDialog = lazy(() => import('../import/ImportDialog'));

export function ImportButton() {
  const { base, table, mayWrite } = useEditing();
  const [isOpen, setOpen] = useState(false);
  // Airtable takes ten records at a time: what is refused in the middle would be half imported, and not be undone.
  if (!mayWrite || base.isCopy) return null;
  return (
    <>
      <Tooltip label={en.import.title}>
        <ActionIcon aria-label={en.import.title} onClick={() => setOpen(true)}>
          <IconFileImport size={18} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
      {isOpen && (
        <Suspense>
          <ImportDialog base={base} table={table} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
