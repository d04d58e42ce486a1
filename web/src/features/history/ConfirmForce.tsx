import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { RevertedRecord } from '@/api/changes';
import { en } from '@/locales/en';
import dialog from '@/ui/Dialog.module.css';
import { Notice } from '@/ui/Notice';
import { ConflictList } from './ConflictList';
import classes from './UndoDialog.module.css';
import { others } from './undoChoice';

const t = en.undo;

interface Props {
  records: RevertedRecord[];
  isRunning: boolean;
  onRun: () => void;
  onBack: () => void;
}

export function ConfirmForce({ records, isRunning, onRun, onBack }: Props) {
  return (
    <div role="alertdialog" aria-label={t.confirmTitle} className={classes.steps}>
      <Notice tone="warning" icon={IconAlertTriangle} title={t.confirmTitle}>
        <p>{t.confirmText(records.length, others(records))}</p>
        <p>{t.confirmHint}</p>
      </Notice>
      <ConflictList records={records} />
      <div className={dialog.foot}>
        <Button variant="default" onClick={onBack} disabled={isRunning} data-autofocus>
          {t.back}
        </Button>
        <Button color="red" onClick={onRun} loading={isRunning}>
          {t.confirm(records.length)}
        </Button>
      </div>
    </div>
  );
}
