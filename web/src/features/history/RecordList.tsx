import { ActionIcon, Button, Skeleton, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconArrowBackUp } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import {
  type ChangeSet,
  changeRecords,
  type FieldChange,
  type RecordChange,
  type RevertedRecord,
  type UndoScope,
  undoPlan,
} from '@/api/changes';
import { en } from '@/locales/en';
import { RecordDiff } from '@/ui/diff/RecordDiff';
import { ErrorState } from '@/ui/ErrorState';
import { LoadMore } from '@/ui/LoadMore';
import { useFields } from '@/ui/useFields';
import classes from './ChangePage.module.css';
import { recordCount } from './standing';
import { useUndo } from './useUndo';

const t = en.undo;
/** Up to so many records the page asks beforehand what could be undone. */
const MOST_LOOKED_AT = 300;

interface Props {
  change: ChangeSet;
  isUndoable: boolean;
  onConflict: (scope: UndoScope) => void;
}

export function RecordList({ change, isUndoable, onConflict }: Props) {
  const pages = useInfiniteQuery(changeRecords(change.id));
  const fieldOf = useFields(change.bases.map((base) => base.base_id));
  const plan = useQuery({
    ...undoPlan(change.id),
    enabled: isUndoable && recordCount(change) <= MOST_LOOKED_AT,
  });
  const fates = new Map(plan.data?.records.map((record) => [record.record_id, record]));
  const undo = useUndo();
  const run = (scope: UndoScope) =>
    undo.mutate(
      { id: change.id, request: scope },
      { onSuccess: ({ totals }) => totals.conflict > 0 && onConflict(scope) },
    );
  if (pages.isPending) return <Skeleton h={160} radius={12} />;
  if (pages.isError) return <ErrorState error={pages.error} onRetry={() => pages.refetch()} />;
  const records = pages.data.pages.flatMap((page) => page.items);
  return (
    <section aria-label={en.history.change.records} className={classes.records}>
      {records.map((record, index) => (
        <Entry
          // biome-ignore lint/suspicious/noArrayIndexKey: a record may stand here twice, and the order never changes
          key={`${record.record_id} ${index}`}
          record={record}
          fieldOf={fieldOf}
          fate={fates.get(record.record_id)}
          isUndoable={isUndoable}
          isBusy={undo.isPending}
          onUndo={run}
        />
      ))}
      <LoadMore
        hasMore={pages.hasNextPage}
        isLoading={pages.isFetchingNextPage}
        onLoad={() => void pages.fetchNextPage()}
      />
    </section>
  );
}

interface EntryProps {
  record: RecordChange;
  fieldOf: ReturnType<typeof useFields>;
  fate?: RevertedRecord;
  isUndoable: boolean;
  isBusy: boolean;
  onUndo: (scope: UndoScope) => void;
}

function Entry({ record, fieldOf, fate, isUndoable, isBusy, onUndo }: EntryProps) {
  const name = record.name || en.data.unnamed;
  const canUndo = isUndoable && fate?.outcome !== 'already' && fate?.outcome !== 'irreversible';
  const undoCell = (field: FieldChange) => (
    <Tooltip label={t.undo}>
      <ActionIcon
        className={classes.undoCell}
        aria-label={t.undoCell(field.field, name)}
        disabled={isBusy}
        onClick={() => onUndo({ records: [record.record_id], fields: [field.field_id] })}
      >
        <IconArrowBackUp size={16} stroke={1.8} />
      </ActionIcon>
    </Tooltip>
  );
  return (
    <RecordDiff
      change={record}
      fieldOf={fieldOf}
      note={isUndoable && fate && <Fate fate={fate} />}
      action={
        canUndo && (
          <Button
            variant="subtle"
            size="compact-sm"
            className={classes.undoRecord}
            leftSection={<IconArrowBackUp size={15} />}
            aria-label={t.undoRecord(name)}
            disabled={isBusy}
            onClick={() => onUndo({ records: [record.record_id] })}
          >
            {t.record}
          </Button>
        )
      }
      cellAction={canUndo && record.kind === 'updated' ? undoCell : undefined}
    />
  );
}

function Fate({ fate }: { fate: RevertedRecord }) {
  if (fate.outcome === 'restored') return null;
  if (fate.outcome === 'conflict') {
    const by = fate.conflicts?.find((conflict) => conflict.by)?.by;
    return (
      <span className={classes.fate} data-outcome="conflict">
        <IconAlertTriangle size={14} />
        {t.changedSince(by)}
      </span>
    );
  }
  return (
    <span className={classes.fate}>
      {fate.outcome === 'already' ? t.isAlready : t.outcomes.irreversible}
    </span>
  );
}
