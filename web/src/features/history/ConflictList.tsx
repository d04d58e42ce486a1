import { useState } from 'react';
import type { Conflict, RevertedRecord } from '@/api/changes';
import type { FieldConfig } from '@/api/types';
import { en } from '@/locales/en';
import { DiffValue } from '@/ui/diff/DiffValue';
import { timeText } from '@/ui/times';
import { useFields } from '@/ui/useFields';
import { conflictText } from './report';
import classes from './UndoDialog.module.css';

const t = en.undo;
const FIRST = 4;
const MOST = 200;

/** Records with what stands in the way: who changed what when, and both values. */
export function ConflictList({ records }: { records: RevertedRecord[] }) {
  const [isOpen, setOpen] = useState(false);
  const shown = records.slice(0, isOpen ? MOST : FIRST);
  return (
    <>
      <ul className={classes.conflicts}>
        {shown.map((record) => (
          <li key={record.record_id} className={classes.conflict}>
            <div className={classes.conflictHead}>
              <strong>{record.name || en.data.unnamed}</strong>{' '}
              <span className={classes.dim}>{en.diff.inTable(record.table)}</span>
            </div>
            <Causes record={record} />
          </li>
        ))}
      </ul>
      {!isOpen && records.length > FIRST && (
        <button type="button" className={classes.more} onClick={() => setOpen(true)}>
          {t.showAll(records.length)}
        </button>
      )}
    </>
  );
}

export function Causes({ record }: { record: RevertedRecord }) {
  const fieldOf = useFields([record.base_id]);
  return (record.conflicts ?? []).map((conflict) => (
    <Cause
      key={`${conflict.code} ${conflict.field_id}`}
      conflict={conflict}
      field={conflict.field_id ? fieldOf(conflict.field_id) : undefined}
    />
  ));
}

function Cause({ conflict, field }: { conflict: Conflict; field?: FieldConfig }) {
  const { by, at } = conflict;
  const who = t.byWhen(by, at ? timeText(at, Date.now()) : '');
  return (
    <div className={classes.cause}>
      <p>
        {conflictText(conflict)} {who && <span className={classes.dim}>{who}</span>}
      </p>
      {conflict.field_id && (
        <dl className={classes.sides}>
          <dt>{t.now}</dt>
          <dd>
            <DiffValue side="before" field={field} value={conflict.current} />
          </dd>
          <dt>{t.undoWould}</dt>
          <dd>
            <DiffValue side="after" field={field} value={conflict.before} />
          </dd>
        </dl>
      )}
    </div>
  );
}
