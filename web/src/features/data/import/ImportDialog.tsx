import { Modal, Progress, SegmentedControl } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { createTable } from '@/api/records';
import type { Base, Table } from '@/api/types';
import { en } from '@/locales/en';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useIsPhone } from '@/ui/useIsPhone';
import { ChooseSource } from './ChooseSource';
import { hasHeader, isBlank } from './csv';
import classes from './Import.module.css';
import { ImportProgress } from './ImportProgress';
import { ImportResult } from './ImportResult';
import type { ImportRow } from './importRows';
import { MapToNew } from './MapToNew';
import { MapToTable } from './MapToTable';
import { columnNames } from './mapping';
import { fieldsToMake, madeFields, type NewColumn } from './newTable';
import { SheetFacts } from './SheetFacts';
import { useImport } from './useImport';
import { MOST_ROWS, type ReadAs, type Sheet, type Source, useSheet } from './useSheet';

const t = en.import;

interface Props {
  base: Base;
  /** The table at hand; absent to make one. */
  table?: Table;
  onClose: () => void;
}

/** Brings the rows of a file into a table: choose, look and map, import, see what became of it. */
export default function ImportDialog(props: Props) {
  const isPhone = useIsPhone();
  const [source, setSource] = useState<Source>();
  const [readAs, setReadAs] = useState<ReadAs>({});
  const { sheet, problem } = useSheet(source, readAs);
  const [isBusy, setBusy] = useState(false);
  const choose = (next?: Source) => {
    setReadAs({});
    setSource(next);
  };
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t.title}
      size={920}
      fullScreen={isPhone}
      closeOnEscape={!isBusy}
      closeOnClickOutside={!isBusy}
      withCloseButton={!isBusy}
    >
      <div className={classes.steps}>
        {source && !sheet && !problem && <Progress value={100} animated aria-label={t.reading} />}
        {(!source || problem) && <ChooseSource problem={problem} onChoose={choose} />}
        {sheet && (
          <ReadSheet
            // Another way of reading makes other rows, whose mapping begins anew.
            key={`${sheet.delimiter} ${sheet.encoding}`}
            {...props}
            sheet={sheet}
            readAs={readAs}
            onReadAs={setReadAs}
            onOther={() => choose()}
            onBusy={setBusy}
          />
        )}
      </div>
    </Modal>
  );
}

interface ReadSheetProps extends Props {
  sheet: Sheet;
  readAs: ReadAs;
  onReadAs: (next: ReadAs) => void;
  onOther: () => void;
  onBusy: (isBusy: boolean) => void;
}

function ReadSheet({ base, table, sheet, onClose, onBusy, ...facts }: ReadSheetProps) {
  const [isNamed, setNamed] = useState(() => hasHeader(sheet.rows));
  const mayMake = base.permission_level === 'create';
  const [target, setTarget] = useState<'this' | 'new'>(table ? 'this' : 'new');
  const [made, setMade] = useState<{ baseId: string; tableId: string }>();
  const work = useImport();
  const names = useMemo(() => columnNames(sheet.rows, isNamed), [sheet, isNamed]);
  const body = useMemo(() => {
    const rows = isNamed ? sheet.rows.slice(1) : sheet.rows;
    return rows.filter((row) => !isBlank(row));
  }, [sheet, isNamed]);
  const count = sheet.count - (isNamed ? 1 : 0);
  const busy = async (step: () => Promise<void>) => {
    onBusy(true);
    await step();
    onBusy(false);
  };
  const make = useMutation({
    mutationFn: ({ name, columns }: { name: string; columns: NewColumn[] }) =>
      createTable(base.id, { name, fields: fieldsToMake(columns) }),
    onSuccess: (written, { columns }) => {
      const key = { baseId: base.id, tableId: written.table.id };
      setMade(key);
      const plan = {
        table: key,
        rows: numbered(sheet.rows, isNamed),
        columns: madeFields(columns, written.table.fields),
        change: written.change_set_id,
      };
      void busy(() => work.begin(plan));
    },
  });
  const { state } = work;
  if (state?.phase === 'ended') {
    return (
      <ImportResult state={state} name={sheet.name} header={names} made={made} onClose={onClose} />
    );
  }
  if (state) {
    return (
      <ImportProgress
        state={state}
        onStop={work.stop}
        onGoOn={() => void busy(work.goOn)}
        onEnd={work.end}
      />
    );
  }
  return (
    <>
      <SheetFacts {...facts} sheet={sheet} isNamed={isNamed} onNamed={setNamed} />
      {table && mayMake && (
        <SegmentedControl
          aria-label={t.target}
          value={target}
          onChange={(next) => setTarget(next as typeof target)}
          data={[
            { value: 'this', label: t.intoThis(table.name) },
            { value: 'new', label: t.intoNew },
          ]}
        />
      )}
      {count > MOST_ROWS && (
        <p className={classes.problem} role="alert">
          {t.tooMany(count, MOST_ROWS)}
        </p>
      )}
      <ProblemAlert error={make.error} isFull />
      {count <= MOST_ROWS && table && target === 'this' && (
        <MapToTable
          key={String(isNamed)}
          table={table}
          names={names}
          rows={body}
          count={count}
          onGo={(columns) => {
            const key = { baseId: base.id, tableId: table.id };
            const plan = { table: key, rows: numbered(sheet.rows, isNamed), columns };
            void busy(() => work.begin(plan));
          }}
        />
      )}
      {count <= MOST_ROWS && target === 'new' && (
        <MapToNew
          key={String(isNamed)}
          id={`${sheet.name} ${sheet.delimiter} ${sheet.encoding} ${sheet.count} ${isNamed}`}
          name={sheet.name}
          names={names}
          rows={body}
          count={count}
          isBusy={make.isPending}
          onGo={(name, columns) => make.mutate({ name, columns })}
        />
      )}
    </>
  );
}

/** The rows that are not blank, with their places in the file. */
function numbered(rows: string[][], isNamed: boolean): ImportRow[] {
  const all = rows.map((cells, at) => ({ number: at + 1, cells }));
  return all.filter(({ number, cells }) => !(isNamed && number === 1) && !isBlank(cells));
}
