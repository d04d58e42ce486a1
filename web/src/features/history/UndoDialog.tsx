import { Modal, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useReducer, useState } from 'react';
import { type ChangeSet, type UndoReport, type UndoScope, undoPlan } from '@/api/changes';
import { en } from '@/locales/en';
import dialog from '@/ui/Dialog.module.css';
import { ErrorState } from '@/ui/ErrorState';
import { useIsPhone } from '@/ui/useIsPhone';
import { ConfirmForce } from './ConfirmForce';
import { isUndo, sentence } from './sentence';
import { UndoPlan } from './UndoPlan';
import { UndoResult } from './UndoResult';
import { requestOf, UNDECIDED, undoReducer, willOverwrite } from './undoChoice';
import { useRights } from './useRights';
import { useUndo } from './useUndo';

interface Props {
  change: ChangeSet;
  scope?: UndoScope;
  onClose: () => void;
}

const t = en.undo;
const WHOLE: UndoScope = {};

/** Says what an undo would do, lets the person decide, does it, and tells what became of each record. */
export function UndoDialog({ change, scope = WHOLE, onClose }: Props) {
  const isPhone = useIsPhone();
  const [report, setReport] = useState<UndoReport>();
  return (
    <Modal
      opened
      onClose={onClose}
      title={report ? t.report : isUndo(change) ? t.redoTitle : t.title}
      size={640}
      fullScreen={isPhone}
      classNames={{ body: dialog.dialog }}
    >
      {report ? (
        <UndoResult report={report} onClose={onClose} />
      ) : (
        <Decide change={change} scope={scope} onDone={setReport} onClose={onClose} />
      )}
    </Modal>
  );
}

interface DecideProps {
  change: ChangeSet;
  scope: UndoScope;
  onDone: (report: UndoReport) => void;
  onClose: () => void;
}

function Decide({ change, scope, onDone, onClose }: DecideProps) {
  const plan = useQuery(undoPlan(change.id, scope));
  const [state, dispatch] = useReducer(undoReducer, UNDECIDED);
  const { mayForce } = useRights();
  const undo = useUndo();
  if (plan.isError) return <ErrorState error={plan.error} onRetry={() => plan.refetch()} />;
  if (!plan.data) return <Checking />;
  const run = () =>
    undo.mutate({ id: change.id, request: requestOf(state, scope) }, { onSuccess: onDone });
  const overwritten = willOverwrite(state, plan.data);
  if (state.isConfirming) {
    return (
      <ConfirmForce
        records={overwritten}
        isRunning={undo.isPending}
        onRun={run}
        onBack={() => dispatch({ type: 'back' })}
      />
    );
  }
  return (
    <>
      <p className={dialog.about}>
        {sentence(change)}
        {scope.records && ` · ${t.only(namesOf(plan.data))}`}
      </p>
      <UndoPlan
        plan={plan.data}
        state={state}
        dispatch={dispatch}
        mayForce={mayForce(change)}
        isRedo={isUndo(change)}
        isRunning={undo.isPending}
        onRun={overwritten.length > 0 ? () => dispatch({ type: 'confirm' }) : run}
        onClose={onClose}
      />
    </>
  );
}

function namesOf(plan: UndoReport) {
  return plan.records.map((record) => record.name || en.data.unnamed);
}

function Checking() {
  return (
    <div aria-busy="true">
      <p className={dialog.about}>{t.checking}</p>
      <Skeleton h={20} w="70%" mb={10} />
      <Skeleton h={20} w="50%" mb={24} />
      <Skeleton h={90} radius={10} />
    </div>
  );
}
