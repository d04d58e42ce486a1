import { Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { ReachedTable } from '@/api/connections';
import { en } from '@/locales/en';
import dialog from '@/ui/Dialog.module.css';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { toast } from '@/ui/toast';
import type { HideProps } from './HideDialog';
import classes from './HideForm.module.css';
import { openAtFirst, toggled, withoutDoubles } from './hiddenParts';
import { TableParts } from './TableParts';
import { useOffer } from './useOffer';

const t = en.copies;

export function HideForm({
  row,
  access,
  connectionId,
  tables,
  onClose,
}: HideProps & { tables: ReachedTable[] }) {
  const [draft, setDraft] = useState(row.hidden);
  const [open, setOpen] = useState(() => openAtFirst(tables, row.hidden));
  const { send, error, isPending } = useOffer(connectionId, row);
  const hidden = withoutDoubles(draft, tables);
  const count = hidden.fields.length + hidden.tables.length;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(
      { access, hidden },
      {
        onSuccess: () => {
          toast(t.hideSaved(row.name));
          onClose();
        },
      },
    );
  };
  const turn = (id: string) =>
    setOpen((old) => (old.includes(id) ? old.filter((one) => one !== id) : [...old, id]));
  return (
    <form onSubmit={submit} className={dialog.dialog}>
      <fieldset className={classes.parts}>
        <legend className={dialog.heading}>{t.hideLegend}</legend>
        <ul className={classes.list}>
          {tables.map((table) => (
            <TableParts
              key={table.id}
              table={table}
              hidden={draft}
              isOpen={open.includes(table.id)}
              onOpen={() => turn(table.id)}
              onToggle={(kind, id) => setDraft((old) => toggled(old, kind, id))}
            />
          ))}
        </ul>
      </fieldset>
      <ProblemAlert error={error} isFull />
      <div className={dialog.foot}>
        <p className={dialog.leading}>
          <strong role="status">
            {count > 0 ? t.hidden(hidden.fields.length, hidden.tables.length) : t.nothingHidden}
          </strong>
          <br />
          {t.hideSaveHint[row.mode]}
        </p>
        <Button variant="default" onClick={onClose} disabled={isPending}>
          {en.common.cancel}
        </Button>
        <Button type="submit" loading={isPending}>
          {t.hideSave[row.mode]}
        </Button>
      </div>
    </form>
  );
}
