import { Button, Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Table } from '@/api/types';
import { en } from '@/locales/en';
import { isEditable } from '../edit/kinds';
import classes from './Import.module.css';
import { type Columns, mapByName, remap } from './mapping';
import { PreviewTable } from './PreviewTable';

const t = en.import;

interface Props {
  table: Table;
  names: string[];
  rows: string[][];
  count: number;
  onGo: (columns: Columns) => void;
}

/** Which column goes into which field of a table that is there. */
export function MapToTable({ table, names, rows, count, onGo }: Props) {
  const [columns, setColumns] = useState(() => mapByName(names, table.fields));
  const fields = useMemo(
    () => [
      { value: '', label: t.leaveOut },
      ...table.fields.filter(isEditable).map(({ id, name }) => ({ value: id, label: name })),
    ],
    [table],
  );
  const isAny = columns.some(Boolean);
  return (
    <>
      <PreviewTable
        names={names}
        rows={rows}
        isLeftOut={(column) => !columns[column]}
        head={(column) => (
          <Select
            aria-label={t.fieldFor(names[column] ?? '')}
            data={fields}
            searchable
            allowDeselect={false}
            value={columns[column]?.id ?? ''}
            onChange={(id) =>
              setColumns((old) =>
                remap(
                  old,
                  column,
                  table.fields.find((field) => field.id === id),
                ),
              )
            }
          />
        )}
      />
      <div className={classes.foot}>
        <span className={classes.leading}>
          {!isAny && t.mapSome}
          {isAny && columns.some((field) => !field) && t.noFields}
        </span>
        <Button disabled={!isAny} onClick={() => onGo(columns)}>
          {t.go(count)}
        </Button>
      </div>
    </>
  );
}
