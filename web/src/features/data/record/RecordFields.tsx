import type { Table } from '@/api/types';
import { en } from '@/locales/en';
import { CellView } from '@/ui/cells/CellView';
import { fieldIcon } from '@/ui/cells/fieldIcons';
import type { LoadedRow } from '../grid/useRows';
import classes from './RecordPanel.module.css';

export function RecordFields({ table, row }: { table: Table; row: LoadedRow }) {
  return (
    <dl className={classes.fields}>
      {table.fields
        .filter((field) => field.id !== table.primaryFieldId)
        .map((field) => {
          const FieldIcon = fieldIcon(field.type);
          const value = row.record.fields[field.id];
          return (
            <div key={field.id} className={classes.field}>
              <dt className={classes.label}>
                <FieldIcon size={15} stroke={1.6} />
                {field.name}
              </dt>
              <dd className={classes.value}>
                {value === undefined || value === null ? (
                  <span className={classes.empty}>{en.data.emptyCell}</span>
                ) : (
                  <CellView field={field} value={value} names={row.names} />
                )}
              </dd>
            </div>
          );
        })}
    </dl>
  );
}
