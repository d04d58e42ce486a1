import { Button, Skeleton } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type Connection, reachedBases } from '@/api/connections';
import { en } from '@/locales/en';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { BaseTable } from './BaseTable';
import classes from './Connections.module.css';
import { toRows } from './rows';

const t = en.connections;

/** The bases that the token reaches, and which of them are offered. */
export function BaseChoices({ connection }: { connection: Connection }) {
  const reached = useQuery(reachedBases(connection.id));
  const rows = toRows(connection.bases, reached.data?.items);
  const isAsked = reached.data !== undefined;
  return (
    <div className={classes.bases}>
      <div className={classes.basesHead}>
        <h3 className={classes.heading}>{t.bases}</h3>
        <p className={classes.meta} role="status">
          {reached.isFetching && t.asking}
          {!reached.isFetching && isAsked && t.offeredOf(connection.bases.length, rows.length)}
        </p>
        {isAsked && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconRefresh size={14} />}
            aria-label={t.refreshLabel(connection.name)}
            // Not `loading`, which disables it and so loses the focus.
            onClick={() => void reached.refetch()}
          >
            {t.refresh}
          </Button>
        )}
      </div>
      {reached.isPending && <Skeleton h={96} radius={10} aria-busy="true" />}
      {reached.error && (
        <NotReached
          error={reached.error}
          hasRetry={!isAsked}
          onRetry={() => void reached.refetch()}
        />
      )}
      {isAsked && rows.length === 0 && <p className={classes.meta}>{t.noBasesText}</p>}
      {reached.isError && !isAsked && rows.length > 0 && (
        <p className={classes.meta}>{t.notAsked}</p>
      )}
      {!reached.isPending && rows.length > 0 && (
        <BaseTable rows={rows} connectionId={connection.id} label={connection.name} />
      )}
    </div>
  );
}

interface NotReachedProps {
  error: unknown;
  hasRetry: boolean;
  onRetry: () => void;
}

function NotReached({ error, hasRetry, onRetry }: NotReachedProps) {
  return (
    <div className={classes.failed}>
      <ProblemAlert error={error} isFull />
      {hasRetry && (
        <Button variant="default" size="xs" onClick={onRetry}>
          {en.common.retry}
        </Button>
      )}
    </div>
  );
}
