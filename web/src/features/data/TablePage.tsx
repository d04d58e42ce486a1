import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type RowsKey, rows } from '@/api/queries';
import type { Field, Table } from '@/api/types';
import { NotFound } from '@/app/NotFound';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';
import { toast } from '@/ui/toast';
import { useIsPhone } from '@/ui/useIsPhone';
import { CardList } from './CardList';
import { CopyNote } from './CopyNote';
import { EditContext } from './edit/EditContext';
import { type Edits, useEdits } from './edit/useEdits';
import { FieldDialog } from './fields/FieldDialog';
import { GridSkeleton } from './GridSkeleton';
import { Grid } from './grid/Grid';
import { useColumns } from './grid/useColumns';
import type { OpenBase } from './opened';
import { RecordPanel } from './record/RecordPanel';
import { type Sort, sortText, type TableSearch } from './search';
import classes from './TablePage.module.css';
import { Toolbar } from './toolbar/Toolbar';
import { useOpenBase } from './useOpenBase';
import { filterSearch, gridViews, shownBy, sortSearch } from './views/shown';
import { ViewBar } from './views/ViewBar';

interface Props {
  baseId: string;
  tableId: string;
  search: TableSearch;
  onSearch: (change: TableSearch) => void;
}

export function TablePage(props: Props) {
  const { data } = useOpenBase(props.baseId);
  if (!data) return <GridSkeleton />;
  const table = data.tables.find((t) => t.id === props.tableId);
  return table ? <TableView {...props} base={data} table={table} /> : <NotFound />;
}

function TableView({ base, table, search, onSearch }: Props & { base: OpenBase; table: Table }) {
  const isPhone = useIsPhone();
  // What is in a view of a copy, Airtable alone knows.
  const views = base.isCopy ? [] : gridViews(table);
  const view = views.find(({ id }) => id === search.view) ?? views[0];
  const columns = useColumns(table, view);
  const shown = shownBy(view, search, table.fields);
  const [fieldDialog, setFieldDialog] = useState<Field | 'new'>();
  const key = useMemo(() => ({ baseId: base.id, tableId: table.id }), [base.id, table.id]);
  const edits = useEdits(key, base.isCopy);
  const { sorts, filter } = shown;
  const source = { ...key, sort: sortText(sorts) ?? '', filter };
  const openRow = search.row === undefined ? undefined : search.row - 1;
  const seen = {
    table,
    source,
    columns,
    openRow,
    onOpen: (row: number) => onSearch({ row: row + 1 }),
  };
  const onSort = (next: Sort[]) => onSearch({ sort: sortSearch(view, next), row: undefined });
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
            view={view}
            columns={columns}
            shown={shown}
            onSort={onSort}
            onFilter={(next) => onSearch({ ...filterSearch(view, next), row: undefined })}
            onField={setFieldDialog}
            onAdd={mayWrite ? openNew : undefined}
          />
          {base.isCopy && <CopyNote mayWrite={mayWrite} />}
          {view && (
            <ViewBar
              views={views}
              view={view}
              columns={columns}
              shown={shown}
              onSearch={onSearch}
            />
          )}
          {isEmpty && <EmptyState title={en.data.noRecords}>{en.data.noRecordsHint}</EmptyState>}
          {!isEmpty && isPhone && <CardList {...seen} />}
          {!isEmpty && !isPhone && (
            <Grid
              key={`${view?.id} ${source.sort} ${filter}`}
              {...seen}
              sorts={sorts}
              onSort={onSort}
              onField={setFieldDialog}
            />
          )}
        </section>
        {openRow !== undefined && (
          <RecordPanel {...seen} row={openRow} onClose={() => onSearch({ row: undefined })} />
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
