import { Skeleton } from '@mantine/core';
import { IconDatabase } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { bases, me } from '@/api/queries';
import type { BaseSummary, Workspace } from '@/api/types';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { PageBar } from '@/ui/PageBar';
import { BaseCard } from './BaseCard';
import classes from './BasesPage.module.css';
import { CreateActions } from './CreateActions';

const t = en.bases;

export function BasesPage() {
  const list = useQuery(bases);
  const { data: account } = useQuery(me);
  const workspaces = account?.workspaces ?? [];
  const items = list.data?.items ?? [];
  return (
    <>
      <PageBar title={t.title}>
        {items.length > 0 && <CreateActions workspaces={workspaces} />}
      </PageBar>
      <div className={classes.scroll}>
        {list.isPending && <Loading />}
        {list.isError && <ErrorState error={list.error} onRetry={() => list.refetch()} />}
        {list.isSuccess && items.length === 0 && <Empty workspaces={workspaces} />}
        {items.length > 0 && <Groups workspaces={workspaces} items={items} />}
      </div>
    </>
  );
}

function Groups({ workspaces, items }: { workspaces: Workspace[]; items: BaseSummary[] }) {
  return workspaces.map((workspace) => {
    const own = items.filter((item) => item.workspace_id === workspace.id);
    return (
      <section key={workspace.id} className={classes.group}>
        <h2 className={classes.workspace}>
          {workspace.name}
          <span className={classes.count}>{own.length}</span>
        </h2>
        {own.length === 0 && <p className={classes.none}>{t.emptyWorkspace}</p>}
        <div className={classes.cards}>
          {own.map((item) => (
            <BaseCard key={item.id} base={item} />
          ))}
        </div>
      </section>
    );
  });
}

function Empty({ workspaces }: { workspaces: Workspace[] }) {
  if (workspaces.length === 0) {
    return <EmptyState title={t.noWorkspace}>{t.noWorkspaceText}</EmptyState>;
  }
  return (
    <EmptyState
      icon={<IconDatabase size={26} stroke={1.6} />}
      title={t.emptyTitle}
      actions={<CreateActions workspaces={workspaces} />}
    >
      {t.emptyText}
    </EmptyState>
  );
}

function Loading() {
  return (
    <div className={classes.group} aria-busy="true">
      <Skeleton h={16} w={140} mb={14} />
      <div className={classes.cards}>
        {[1, 2, 3].map((n) => (
          <Skeleton key={n} h={82} radius={12} />
        ))}
      </div>
    </div>
  );
}
