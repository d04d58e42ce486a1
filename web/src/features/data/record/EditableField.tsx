import { ActionIcon } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import type { Field } from '@/api/types';
import { en } from '@/locales/en';
import { CellView } from '@/ui/cells/CellView';
import { useEditing } from '../edit/EditContext';
import { CellEditor } from '../edit/editors/CellEditor';
import { Problem } from '../edit/editors/Problem';
import { isOpened } from '../edit/kinds';
import { isSame, toWire } from '../edit/wire';
import type { LoadedRow } from '../grid/useRows';
import classes from './EditableField.module.css';

/** A cell of the open record, with an editor where it can be set. */
export function EditableField({ field, row }: { field: Field; row: LoadedRow }) {
  const { mayWrite, edits } = useEditing();
  const [isEdited, setEdited] = useState(false);
  const { id, fields } = row.record;
  const value = fields[field.id];
  const save = (next: unknown, names = {}) => {
    setEdited(false);
    if (isSame(value, next)) return;
    const change = {
      id,
      before: { [field.id]: value },
      shown: { [field.id]: next },
      sent: { [field.id]: toWire(field, next) },
    };
    void edits.update({ changes: [change], names });
  };
  const begin = () => {
    if (field.type === 'checkbox') save(value === true ? null : true);
    else setEdited(true);
  };
  if (isEdited) {
    return (
      <dd className={classes.editor}>
        <CellEditor
          recordId={id}
          field={field}
          value={value}
          names={row.names}
          onCommit={(next, _, names) => save(next, names)}
          onCancel={(problem) => {
            setEdited(false);
            if (problem) edits.mark(id, [field.id], problem);
          }}
        />
      </dd>
    );
  }
  const isEmpty = value === undefined || value === null;
  return (
    <dd className={classes.value}>
      {isEmpty && <span className={classes.empty}>{en.data.emptyCell}</span>}
      {!isEmpty && <CellView field={field} value={value} names={row.names} />}
      {mayWrite && isOpened(field) && (
        <ActionIcon
          className={classes.edit}
          size={30}
          aria-label={en.grid.edit(field.name)}
          onClick={begin}
        >
          <IconPencil size={15} stroke={1.7} />
        </ActionIcon>
      )}
      <Problem text={edits.errors[id]?.[field.id]} />
    </dd>
  );
}
