import { Button } from '@mantine/core';
import { IconLock, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { connections } from '@/api/connections';
import { me } from '@/api/queries';
import { managedBy } from '@/api/rights';
import type { Workspace } from '@/api/types';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { ListSkeleton } from '@/ui/ListSkeleton';
import page from '@/ui/Page.module.css';
import { PageBar } from '@/ui/PageBar';
import { AddConnection } from './AddConnection';
import { ConnectionList } from './ConnectionList';
import { Empty } from './Empty';

const t = en.connections;

export function ConnectionsPage() {
  const { data: account } = useQuery(me);
  if (!account) return null;
  const workspaces = managedBy(account);
  if (workspaces.length === 0) return <OnlyAdmins />;
  return <Managed workspaces={workspaces} />;
}

function OnlyAdmins() {
  return (
    <>
      <PageBar title={t.title} />
      <div className={page.scroll}>
        <EmptyState icon={<IconLock size={26} stroke={1.6} />} title={t.onlyAdmins}>
          {t.onlyAdminsText}
        </EmptyState>
      </div>
    </>
  );
}

function Managed({ workspaces }: { workspaces: Workspace[] }) {
  const list = useQuery(connections);
  const [isAdding, setAdding] = useState(false);
  const [addedId, setAddedId] = useState<string>();
  const content = useRef<HTMLDivElement>(null);
  const items = list.data?.items ?? [];
  /** The element that had the focus is gone. */
  const focusContent = () => content.current?.focus();
  return (
    <>
      <PageBar title={t.title}>
        {!isAdding && items.length > 0 && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
            {t.add}
          </Button>
        )}
      </PageBar>
      <div className={page.scroll}>
        <div className={page.column} ref={content} tabIndex={-1}>
          {isAdding && (
            <AddConnection
              workspaces={workspaces}
              onAdded={({ id }) => {
                setAddedId(id);
                setAdding(false);
              }}
              onCancel={() => {
                setAdding(false);
                focusContent();
              }}
            />
          )}
          {list.isPending && <ListSkeleton />}
          {list.isError && !list.data && (
            <ErrorState error={list.error} onRetry={() => list.refetch()} />
          )}
          {list.data && items.length === 0 && !isAdding && <Empty onAdd={() => setAdding(true)} />}
          {items.length > 0 && (
            <ConnectionList
              items={items}
              workspaces={workspaces}
              addedId={addedId}
              onRemoved={focusContent}
            />
          )}
        </div>
      </div>
    </>
  );
}
