import { Skeleton } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import {
  type ListedChange,
  type RecordKey,
  recordChangeHead,
  recordChangePages,
} from '@/api/baseChanges';
import type { FieldChange, RecordKind } from '@/api/changes';
import type { FieldConfig } from '@/api/types';
import { en } from '@/locales/en';
import { clientName } from '@/ui/clientName';
import { DiffValue } from '@/ui/diff/DiffValue';
import { textParts } from '@/ui/diff/shown';
import { ErrorState } from '@/ui/ErrorState';
import { LoadMore } from '@/ui/LoadMore';
import { fullTime, timeText } from '@/ui/times';
import { useLiveList } from '@/ui/useLiveList';
import { useNow } from '@/ui/useNow';
import classes from './RecordHistory.module.css';

const t = en.recordHistory;
const TICK_MS = 20_000;
const ICONS = { created: IconPlus, updated: IconPencil, deleted: IconTrash };

interface Props {
  of: RecordKey;
  fieldOf: (fieldId: string) => FieldConfig | undefined;
}

/** What happened to a record, newest first; keeps itself up to date. */
export function RecordHistory({ of, fieldOf }: Props) {
  const head = useQuery(recordChangeHead(of));
  const list = useLiveList(head, useInfiniteQuery(recordChangePages(of)));
  const now = useNow(TICK_MS);
  if (list.error) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.isPending && list.items.length === 0) return <Skeleton h={120} radius={12} />;
  if (list.items.length === 0) return <p className={classes.note}>{t.none}</p>;
  return (
    <section aria-label={t.title}>
      {list.isStale && (
        <p className={classes.note} role="status">
          {en.history.stale}
        </p>
      )}
      <ol className={classes.list}>
        {list.items.map((change) => (
          <Change key={change.id} change={change} now={now} fieldOf={fieldOf} />
        ))}
      </ol>
      <LoadMore hasMore={list.hasMore} isLoading={list.isLoadingMore} onLoad={list.loadMore} />
    </section>
  );
}

interface ChangeProps {
  change: ListedChange;
  now: number;
  fieldOf: Props['fieldOf'];
}

function Change({ change, now, fieldOf }: ChangeProps) {
  // The history of a record holds nothing about the schema.
  const kind = change.kind as RecordKind;
  const KindIcon = ICONS[kind];
  const who = change.by.name ?? change.by.email ?? en.history.someone;
  return (
    <li className={classes.change}>
      <span className={classes.kind} data-kind={kind}>
        <KindIcon size={14} stroke={1.9} />
      </span>
      <div className={classes.body}>
        <p className={classes.what}>{t.did[kind](who)}</p>
        <p className={classes.meta}>
          {clientName(change.client) ?? en.history.origins.app}
          {' · '}
          <time dateTime={change.at} title={fullTime(change.at)}>
            {timeText(change.at, now)}
          </time>
        </p>
        {change.images === 'erased' && <p className={classes.note}>{t.erased}</p>}
        {change.fields.length > 0 && (
          <dl className={classes.fields}>
            {change.fields.map((field) => (
              <Cell
                key={field.field_id}
                field={field}
                kind={kind}
                config={fieldOf(field.field_id)}
              />
            ))}
          </dl>
        )}
      </div>
    </li>
  );
}

interface CellProps {
  field: FieldChange;
  kind: RecordKind;
  config?: FieldConfig;
}

function Cell({ field, kind, config }: CellProps) {
  const { before, after } = field;
  const parts = kind === 'updated' ? textParts(before, after) : undefined;
  return (
    <div className={classes.cell}>
      <dt className={classes.field}>{field.field}</dt>
      {kind !== 'created' && (
        <dd className={classes.value}>
          <span className="srOnly">{en.diff.before}: </span>
          <DiffValue side="before" field={config} value={before} parts={parts?.[0]} />
        </dd>
      )}
      {kind !== 'deleted' && (
        <dd className={classes.value}>
          <span className="srOnly">{en.diff.after}: </span>
          <DiffValue side="after" field={config} value={after} parts={parts?.[1]} />
        </dd>
      )}
    </div>
  );
}
