import { Button, Checkbox, TextInput } from '@mantine/core';
import { type Dispatch, useState } from 'react';
import type { RevertedRecord } from '@/api/changes';
import { en } from '@/locales/en';
import dialog from '@/ui/Dialog.module.css';
import classes from './UndoDialog.module.css';
import type { UndoAction, UndoState } from './undoChoice';

const t = en.undo;
const MOST = 100;
const MANY = 12;

interface Props {
  records: RevertedRecord[];
  state: UndoState;
  dispatch: Dispatch<UndoAction>;
  mayForce: boolean;
}

export function PickRecords({ records, state, dispatch, mayForce }: Props) {
  const [wanted, setWanted] = useState('');
  const found = records.filter(({ name, table }) =>
    `${name} ${table}`.toLowerCase().includes(wanted.trim().toLowerCase()),
  );
  const pick = (ids: string[]) => dispatch({ type: 'pick', records: ids });
  return (
    <div className={classes.pick}>
      <div className={classes.pickBar}>
        {records.length > MANY && (
          <TextInput
            className={classes.pickFind}
            aria-label={t.pickFind}
            placeholder={t.pickFind}
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
          />
        )}
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() => pick(found.map((record) => record.record_id))}
        >
          {t.pickAll}
        </Button>
        <Button variant="subtle" size="compact-sm" onClick={() => pick([])}>
          {t.pickNone}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={classes.pickList} tabIndex={0} aria-label={t.pickList}>
        {found.slice(0, MOST).map((record) => (
          <Checkbox
            key={record.record_id}
            className={classes.pickItem}
            checked={state.picked.has(record.record_id)}
            onChange={() => dispatch({ type: 'toggle', record: record.record_id })}
            label={record.name || en.data.unnamed}
            description={
              record.outcome === 'conflict'
                ? `${record.table} · ${t.conflicts.record_changed.toLowerCase()}`
                : record.table
            }
          />
        ))}
        {found.length > MOST && <p className={dialog.hint}>{t.pickMore(found.length - MOST)}</p>}
      </section>
      {mayForce && (
        <Checkbox
          color="red"
          checked={state.force}
          onChange={(event) => dispatch({ type: 'force', isOn: event.currentTarget.checked })}
          label={t.pickForce}
        />
      )}
    </div>
  );
}
