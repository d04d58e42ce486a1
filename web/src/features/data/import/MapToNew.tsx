import { Button, Checkbox, Select, Skeleton, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { guessFields, type NewField } from '@/api/records';
import { en } from '@/locales/en';
import { ErrorState } from '@/ui/ErrorState';
import classes from './Import.module.css';
import { sampleOf } from './mapping';
import { fieldsToMake, IMPORTED_TYPES, type NewColumn, retyped } from './newTable';
import { PreviewTable } from './PreviewTable';

const t = en.import;
const TYPES = IMPORTED_TYPES.map((value) => ({ value, label: en.fields.types[value] }));

interface Props {
  /** What the rows are, for the guess to be made once. */
  id: string;
  name: string;
  names: string[];
  rows: string[][];
  count: number;
  isBusy: boolean;
  onGo: (name: string, columns: NewColumn[]) => void;
}

/** The fields of a table to be made, first as the server guesses them from the values. */
export function MapToNew(props: Props) {
  const { id, names, rows } = props;
  const { data, error, refetch } = useQuery({
    queryKey: ['guessed-fields', id],
    queryFn: () => guessFields(names, sampleOf(rows, names.length)),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (error) return <ErrorState error={error} onRetry={refetch} />;
  if (!data) return <Skeleton h={220} radius={8} />;
  return <Guessed {...props} guessed={data.fields} />;
}

function Guessed({ guessed, ...props }: Props & { guessed: NewField[] }) {
  const { names, rows, count, isBusy, onGo } = props;
  const [name, setName] = useState(props.name);
  const [columns, setColumns] = useState(() =>
    guessed.map((field): NewColumn => ({ field, isTaken: true })),
  );
  const change = (at: number, next: Partial<NewColumn>) =>
    setColumns((old) => old.map((one, index) => (index === at ? { ...one, ...next } : one)));
  const isFit = name.trim() !== '' && fieldsToMake(columns).length > 0;
  return (
    <>
      <TextInput
        label={t.tableName}
        w={280}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <PreviewTable
        names={names}
        rows={rows}
        isLeftOut={(column) => !columns[column]?.isTaken}
        head={(column) => {
          const own = columns[column];
          const label = names[column] ?? '';
          if (!own) return null;
          return (
            <>
              <div className={classes.asked}>
                <Checkbox
                  aria-label={t.takeIn(label)}
                  checked={own.isTaken}
                  onChange={(event) => change(column, { isTaken: event.currentTarget.checked })}
                />
                <TextInput
                  className={classes.called}
                  aria-label={t.nameFor(label)}
                  disabled={!own.isTaken}
                  value={own.field.name}
                  onChange={(event) =>
                    change(column, { field: { ...own.field, name: event.currentTarget.value } })
                  }
                />
              </div>
              <Select
                aria-label={t.typeFor(label)}
                disabled={!own.isTaken}
                data={TYPES}
                allowDeselect={false}
                value={own.field.type}
                onChange={(type) => type && change(column, { field: retyped(own.field, type) })}
              />
            </>
          );
        }}
      />
      <div className={classes.foot}>
        <Button disabled={!isFit} loading={isBusy} onClick={() => onGo(name.trim(), columns)}>
          {t.go(count)}
        </Button>
      </div>
    </>
  );
}
