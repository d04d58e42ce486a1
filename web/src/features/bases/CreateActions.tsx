import { Button, FileButton, Select } from '@mantine/core';
import { IconFileImport, IconSparkles } from '@tabler/icons-react';
import { useState } from 'react';
import type { Workspace } from '@/api/types';
import { en } from '@/locales/en';
import { useIsPhone } from '@/ui/useIsPhone';
import { useCreateBase } from './useCreateBase';

const t = en.bases;

export function CreateActions({ workspaces }: { workspaces: Workspace[] }) {
  const writable = workspaces.filter((w) => w.role !== 'viewer');
  const [chosen, setChosen] = useState<string | null>(null);
  const workspaceId = chosen ?? writable[0]?.id ?? '';
  const { sample, importFile } = useCreateBase(workspaceId);
  const isPhone = useIsPhone();
  if (!workspaceId) return null;
  return (
    <>
      {writable.length > 1 && !isPhone && (
        <Select
          aria-label={t.workspacePick}
          w={180}
          value={workspaceId}
          onChange={setChosen}
          data={writable.map((w) => ({ value: w.id, label: w.name }))}
        />
      )}
      <FileButton
        accept="application/json,.json"
        onChange={(file) => file && importFile.mutate(file)}
      >
        {(props) => (
          <Button
            {...props}
            variant="default"
            px={isPhone ? 10 : undefined}
            aria-label={t.import}
            loading={importFile.isPending}
            leftSection={isPhone ? null : <IconFileImport size={16} />}
          >
            {isPhone ? <IconFileImport size={18} /> : t.import}
          </Button>
        )}
      </FileButton>
      <Button
        onClick={() => sample.mutate()}
        loading={sample.isPending}
        leftSection={isPhone ? null : <IconSparkles size={16} />}
      >
        {t.sample}
      </Button>
    </>
  );
}
