import { Button, Skeleton } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconArrowBackUp, IconArrowForwardUp, IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type ChangeSet, change as changeQuery, type UndoScope } from '@/api/changes';
import { isMissing } from '@/api/client';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import page from '@/ui/Page.module.css';
import { PageBar } from '@/ui/PageBar';
import { useNow } from '@/ui/useNow';
import { ChangeFacts } from './ChangeFacts';
import { RecordList } from './RecordList';
import { isUndo } from './sentence';
import { isTooOld, recordCount, standings, undoneness } from './standing';
import { UndoDialog } from './UndoDialog';
import { useLookup } from './useLookup';
import { useRights } from './useRights';

const t = en.history.change;
const TICK_MS = 20_000;
const POLL_MS = 5000;

interface Undoing {
  change: ChangeSet;
  scope?: UndoScope;
}

export function ChangePage({ changeId }: { changeId: string }) {
  const { data, error, refetch } = useQuery({
    ...changeQuery(changeId),
    refetchInterval: ({ state }) => (state.error ? false : POLL_MS),
  });
  const [undoing, setUndoing] = useState<Undoing>();
  return (
    <>
      <PageBar title={t.title} back={<Back />}>
        {data && <Actions change={data} onUndo={(change) => setUndoing({ change })} />}
      </PageBar>
      <div className={page.scroll}>
        {!data && error && !isMissing(error) && <ErrorState error={error} onRetry={refetch} />}
        {!data && isMissing(error) && <EmptyState title={t.missing}>{t.missingText}</EmptyState>}
        {!data && !error && <Loading />}
        {data && <Content change={data} onUndo={(scope) => setUndoing({ change: data, scope })} />}
      </div>
      {undoing && <UndoDialog {...undoing} onClose={() => setUndoing(undefined)} />}
    </>
  );
}

function Back() {
  return (
    <Link to="/history" search={{}} aria-label={t.back}>
      <IconArrowLeft size={20} stroke={1.7} />
    </Link>
  );
}

interface ActionsProps {
  change: ChangeSet;
  onUndo: (change: ChangeSet) => void;
}

/** Undo while something of it stands; once all is undone, the undo of the undo. */
function Actions({ change, onUndo }: ActionsProps) {
  const now = useNow(TICK_MS);
  const find = useLookup([change]);
  const { mayUndo } = useRights();
  const undo = change.undone_by ? find(change.undone_by) : undefined;
  const target = undoneness(change, find) === 'all' ? undo : change;
  const isOff =
    !target ||
    target.state === 'open' ||
    recordCount(target) === 0 ||
    isTooOld(target, now) ||
    !mayUndo(target);
  const open = () => {
    if (!isOff && target) onUndo(target);
  };
  useHotkeys([['u', open]]);
  if (isOff) return null;
  const isRedo = isUndo(target);
  const Arrow = isRedo ? IconArrowForwardUp : IconArrowBackUp;
  return (
    <Button leftSection={<Arrow size={17} />} onClick={open}>
      {isRedo ? en.undo.redo : en.undo.undo}
    </Button>
  );
}

interface ContentProps {
  change: ChangeSet;
  onUndo: (scope: UndoScope) => void;
}

function Content({ change, onUndo }: ContentProps) {
  const now = useNow(TICK_MS);
  const find = useLookup([change]);
  const { mayUndo } = useRights();
  const isUndoable = change.state !== 'open' && !isTooOld(change, now) && mayUndo(change);
  return (
    <div className={page.column}>
      <ChangeFacts change={change} standings={standings(change, find, now)} now={now} />
      {recordCount(change) > 0 && (
        <RecordList change={change} isUndoable={isUndoable} onConflict={onUndo} />
      )}
    </div>
  );
}

function Loading() {
  return (
    <div className={page.column} aria-busy="true">
      <Skeleton h={48} mb={20} radius={10} />
      <Skeleton h={70} mb={20} radius={10} />
      <Skeleton h={160} mb={12} radius={12} />
      <Skeleton h={160} radius={12} />
    </div>
  );
}
