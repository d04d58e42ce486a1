import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { base, type RowsKey, rows } from '@/api/queries';
import type { Base, Field, Table } from '@/api/types';
import { NotFound } from '@/app/NotFound';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';
import { toast } from '@/ui/toast';
import { useIsPhone } from '@/ui/useIsPhone';
import { CardList } from './CardList';
import { EditContext } from './edit/EditContext';
import { type Edits, useEdits } from './edit/useEdits';
import { FieldDialog } from './fields/FieldDialog';
import { formulaOf } from './filter/conditions';
import { parseWhere } from './filter/whereText';
import { GridSkeleton } from './GridSkeleton';
import { Grid } from './grid/Grid';
import { useColumns } from './grid/useColumns';
import { RecordPanel } from './record/RecordPanel';
import { parseSorts, type Sort, sortText, type TableSearch } from './search';
import classes from './TablePage.module.css';
import { Toolbar } from './toolbar/Toolbar';

interface Props {
  baseId: string;
  tableId: string;
  search: TableSearch;
  onSearch: (change: TableSearch) => void;
}

export function TablePage(props: Props) {
  const { data } = useQuery(base(props.baseId));
  if (!data) return <GridSkeleton />;
  const table = data.tables.find((t) => t.id === props.tableId);
  return table ? <TableView {...props} base={data} table={table} /> : <NotFound />;
}

function TableView({ base, table, search, onSearch }: Props & { base: Base; table: Table }) {
  const isPhone = useIsPhone();
  const columns = useColumns(table);
  const [fieldDialog, setFieldDialog] = useState<Field | 'new'>();
  const key = useMemo(() => ({ baseId: base.id, tableId: table.id }), [base.id, table.id]);
  const edits = useEdits(key);
  const sorts = parseSorts(search.sort);
  const filter = search.formula ?? formulaOf(parseWhere(search.where), table.fields);
  const source = { ...key, sort: search.sort ?? '', filter };
  const openRow = search.row === undefined ? undefined : search.row - 1;
  const view = {
    table,
    source,
    columns,
    openRow,
    onOpen: (row: number) => onSearch({ row: row + 1 }),
  };
  const onSort = (next: Sort[]) => onSearch({ sort: sortText(next), row: undefined });
  const openNew = useOpenNew(source, edits, (row) => onSearch({ row: row + 1 }));
  const mayWrite = base.permission_level !== 'read';
  const isEmpty = table.record_count === 0 && (isPhone || !mayWrite);
  const maySchema = base.permission_level === 'create';
  return (
    <EditContext value={{ base, table, mayWrite, maySchema, edits }}>
      <div className={classes.page}>
        <section className={classes.main} aria-label={table.name}>
          <Toolbar
            baseId={base.id}
            table={table}
            columns={columns}
            sorts={sorts}
            search={search}
            onSort={onSort}
            onFilter={(next) => onSearch({ ...next, row: undefined })}
            onField={setFieldDialog}
            onAdd={mayWrite ? openNew : undefined}
          />
          {isEmpty && <EmptyState title={en.data.noRecords}>{en.data.noRecordsHint}</EmptyState>}
          {!isEmpty && isPhone && <CardList {...view} />}
          {!isEmpty && !isPhone && (
            <Grid
              key={`${source.sort} ${filter}`}
              {...view}
              sorts={sorts}
              onSort={onSort}
              onField={setFieldDialog}
            />
          )}
        </section>
        {openRow !== undefined && (
          <RecordPanel {...view} row={openRow} onClose={() => onSearch({ row: undefined })} />
        )}
        {fieldDialog && (
          <FieldDialog
            field={fieldDialog === 'new' ? undefined : fieldDialog}
            onClose={() => setFieldDialog(undefined)}
          />
        )}
      </div>
    </EditContext>
  );
}

/** Makes a record and opens it where it stands: at the end, unless the view says otherwise. */
function useOpenNew(source: RowsKey, edits: Edits, open: (row: number) => void) {
  const queryClient = useQueryClient();
  const isPlain = !source.sort && !source.filter;
  return async () => {
    const made = await edits.create([{}], isPlain);
    if (!made) return;
    if (!isPlain) return toast(en.grid.madeElsewhere);
    const page = await queryClient.fetchQuery(rows(source, 0));
    open(page.total - 1);
  };
}
