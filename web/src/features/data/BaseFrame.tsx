import { ActionIcon, Menu, Skeleton } from '@mantine/core';
import {
  IconArrowLeft,
  IconChartDots3,
  IconDatabaseSearch,
  IconDots,
  IconFileExport,
  IconFileImport,
  IconHistory,
  IconTable,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { en } from '@/locales/en';
import { Tile } from '@/ui/Chip';
import { ErrorState } from '@/ui/ErrorState';
import classes from './BaseFrame.module.css';
import type { OpenBase } from './opened';
import { useOpenBase } from './useOpenBase';

const ImportDialog = lazy(() => import('./import/ImportDialog'));

const t = en.data;

export function BaseFrame({ baseId, children }: { baseId: string; children: ReactNode }) {
  const { data, error, refetch } = useOpenBase(baseId);
  if (error) return <ErrorState isWholePage error={error} onRetry={refetch} />;
  return (
    <div className={classes.frame}>
      <aside className={classes.side} aria-label={t.tables}>
        {data ? <BaseHead base={data} /> : <Skeleton h={28} m={14} />}
        <nav className={classes.tables} aria-label={t.tables}>
          {data?.tables.map((table) => (
            <Link
              key={table.id}
              to="/bases/$baseId/$tableId"
              params={{ baseId, tableId: table.id }}
              search={{}}
              activeOptions={{ includeSearch: false }}
              className={classes.table}
            >
              <IconTable size={16} stroke={1.7} className={classes.icon} />
              <span className={classes.name}>{table.name}</span>
              <span className={classes.count}>{table.record_count.toLocaleString('en-US')}</span>
            </Link>
          ))}
          {data && (
            <Link to="/bases/$baseId/analysis" params={{ baseId }} className={classes.table}>
              <IconChartDots3 size={16} stroke={1.7} className={classes.icon} />
              <span className={classes.name}>{en.analysis.title}</span>
            </Link>
          )}
        </nav>
      </aside>
      <div className={classes.content}>{children}</div>
    </div>
  );
}

function BaseHead({ base }: { base: OpenBase }) {
  const [isImporting, setImporting] = useState(false);
  return (
    <div className={classes.head}>
      <Link to="/" className={classes.back} aria-label={t.backToBases}>
        <IconArrowLeft size={20} stroke={1.7} />
      </Link>
      <Tile id={base.id} name={base.name} size={26} />
      <h2 className={classes.title}>{base.name}</h2>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={t.baseMenu}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconDatabaseSearch size={16} />}
            renderRoot={(props) => (
              <Link to="/bases/$baseId/query" params={{ baseId: base.id }} {...props} />
            )}
          >
            {en.query.menu}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconHistory size={16} />}
            renderRoot={(props) => <Link to="/history" search={{ base: base.id }} {...props} />}
          >
            {t.history}
          </Menu.Item>
          <Menu.Item
            component="a"
            href={`/api/airtable/bases/${base.id}/export`}
            download
            leftSection={<IconFileExport size={16} />}
          >
            {t.exportBase}
          </Menu.Item>
          {base.permission_level === 'create' && (
            <Menu.Item
              leftSection={<IconFileImport size={16} />}
              onClick={() => setImporting(true)}
            >
              {en.import.menu}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {isImporting && (
        <Suspense>
          <ImportDialog base={base} onClose={() => setImporting(false)} />
        </Suspense>
      )}
    </div>
  );
}
