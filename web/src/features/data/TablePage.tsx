import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { base } from '@/api/queries';
import type { Base, Table } from '@/api/types';
import { NotFound } from '@/app/NotFound';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';
import { useIsPhone } from '@/ui/useIsPhone';
import { CardList } from './CardList';
import { EditContext } from './edit/EditContext';
import { useEdits } from './edit/useEdits';
import { GridSkeleton } from './GridSkeleton';
import { Grid } from './grid/Grid';
import { useColumns } from './grid/useColumns';
import { RecordPanel } from './record/RecordPanel';
import { parseSort, type Sort, sortText, type TableSearch } from './search';
import classes from './TablePage.module.css';
import { Toolbar } from './Toolbar';

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
  const key = useMemo(() => ({ baseId: base.id, tableId: table.id }), [base.id, table.id]);
  const edits = useEdits(key);
  const sort = parseSort(search.sort);
  const source = { ...key, sort: search.sort ?? '', filter: '' };
  const openRow = search.row === undefined ? undefined : search.row - 1;
  const view = {
    table,
    source,
    columns,
    openRow,
    onOpen: (row: number) => onSearch({ row: row + 1 }),
  };
  const onSort = (next: Sort | undefined) =>
    onSearch({ sort: next && sortText(next), row: undefined });
  const mayWrite = base.permission_level !== 'read';
  const isEmpty = table.record_count === 0 && (isPhone || !mayWrite);
  const maySchema = base.permission_level === 'create';
  return (
    <EditContext value={{ base, table, mayWrite, maySchema, edits }}>
      <div className={classes.page}>
        <section className={classes.main} aria-label={table.name}>
          <Toolbar baseId={base.id} table={table} columns={columns} sort={sort} onSort={onSort} />
          {isEmpty && <EmptyState title={en.data.noRecords}>{en.data.noRecordsHint}</EmptyState>}
          {!isEmpty && isPhone && <CardList {...view} />}
          {!isEmpty && !isPhone && <Grid key={source.sort} {...view} sort={sort} onSort={onSort} />}
        </section>
        {openRow !== undefined && (
          <RecordPanel {...view} row={openRow} onClose={() => onSearch({ row: undefined })} />
        )}
      </div>
    </EditContext>
  );
}
