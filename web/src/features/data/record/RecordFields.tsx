import type { Table } from '@/api/types';
import { fieldIcon } from '@/ui/cells/fieldIcons';
import type { LoadedRow } from '../grid/useRows';
import { EditableField } from './EditableField';
import classes from './RecordPanel.module.css';

export function RecordFields({ table, row }: { table: Table; row: LoadedRow }) {
  return (
    <dl className={classes.fields}>
      {table.fields.map((field) => {
        const FieldIcon = fieldIcon(field.type);
        return (
          <div key={`${row.record.id}/${field.id}`} className={classes.field}>
            <dt className={classes.label}>
              <FieldIcon size={15} stroke={1.6} />
              {field.name}
            </dt>
            <EditableField field={field} row={row} />
          </div>
        );
      })}
    </dl>
  );
}
