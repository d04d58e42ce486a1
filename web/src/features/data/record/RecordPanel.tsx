import { ActionIcon, Drawer, SegmentedControl, Skeleton, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { RowsKey } from '@/api/queries';
import type { Table } from '@/api/types';
import { en } from '@/locales/en';
import { formatCell } from '@/ui/cells/formatCell';
import { ErrorState } from '@/ui/ErrorState';
import { useIsPhone } from '@/ui/useIsPhone';
import { useRows } from '../grid/useRows';
import { RecordActions } from './RecordActions';
import { RecordFields } from './RecordFields';
import { RecordHistory } from './RecordHistory';
import classes from './RecordPanel.module.css';

const t = en.data;
const PARTS = [
  { value: 'fields', label: t.fields },
  { value: 'history', label: en.recordHistory.title },
];

interface Props {
  table: Table;
  source: RowsKey;
  row: number;
  onOpen: (row: number) => void;
  onClose: () => void;
}

export function RecordPanel(props: Props) {
  const isPhone = useIsPhone();
  useEscape(props.onClose);
  if (!isPhone) {
    return (
      <aside className={classes.panel} aria-label={t.record}>
        <Content {...props} />
      </aside>
    );
  }
  return (
    <Drawer
      opened
      onClose={props.onClose}
      position="bottom"
      size="88%"
      withCloseButton={false}
      attributes={{ content: { 'aria-label': t.record } }}
      classNames={{ content: classes.sheet, body: classes.sheetBody }}
    >
      <Content {...props} />
    </Drawer>
  );
}

function Content({ table, source, row, onOpen, onClose }: Props) {
  const [part, setPart] = useState('fields');
  const loaded = useRows(source, row, row);
  const total = loaded.total ?? table.record_count;
  const shown = loaded.rowAt(row);
  const primary = table.fields.find((field) => field.id === table.primaryFieldId);
  const title =
    shown && primary && formatCell(primary, shown.record.fields[primary.id], shown.names);
  return (
    <>
      <header className={classes.head}>
        <span className={classes.place}>{t.rowOf(row + 1, total)}</span>
        <Step label={t.previous} isOff={row === 0} onClick={() => onOpen(row - 1)}>
          <IconChevronUp size={18} />
        </Step>
        <Step label={t.next} isOff={row >= total - 1} onClick={() => onOpen(row + 1)}>
          <IconChevronDown size={18} />
        </Step>
        {shown && <RecordActions id={shown.record.id} onGone={onClose} />}
        <Step label={en.common.close} onClick={onClose}>
          <IconX size={18} />
        </Step>
      </header>
      <div className={classes.body}>
        {loaded.failed && (
          <ErrorState error={loaded.failed.error} onRetry={loaded.failed.refetch} />
        )}
        {!shown && !loaded.failed && <Skeleton h={28} w="70%" />}
        {shown && (
          <>
            <h2 className={classes.title}>{title || t.unnamed}</h2>
            <SegmentedControl
              fullWidth
              className={classes.parts}
              aria-label={en.recordHistory.show}
              data={PARTS}
              value={part}
              onChange={setPart}
            />
            {part === 'fields' ? (
              <RecordFields table={table} row={shown} />
            ) : (
              <RecordHistory
                key={shown.record.id}
                of={{ baseId: source.baseId, tableId: table.id, recordId: shown.record.id }}
                fieldOf={(id) => table.fields.find((field) => field.id === id)}
              />
            )}
          </>
        )}
      </div>
    </>
  );
}

interface StepProps {
  label: string;
  isOff?: boolean;
  onClick: () => void;
  children: ReactNode;
}

function Step({ label, isOff, onClick, children }: StepProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} disabled={isOff} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function useEscape(onClose: () => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) onClose();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onClose]);
}
