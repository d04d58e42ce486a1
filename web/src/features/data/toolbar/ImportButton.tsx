import { ActionIcon, Tooltip } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { en } from '@/locales/en';
import { useEditing } from '../edit/EditContext';

const ImportDialog = lazy(() => import('../import/ImportDialog'));

export function ImportButton() {
  const { base, table, mayWrite } = useEditing();
  const [isOpen, setOpen] = useState(false);
  if (!mayWrite) return null;
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
