import { ActionIcon, Tooltip } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconHistory, IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Field, Table, View } from '@/api/types';
import { en } from '@/locales/en';
import type { Columns } from '../grid/useColumns';
import type { Sort, TableSearch } from '../search';
import type { Shown } from '../views/shown';
import { FieldsMenu } from './FieldsMenu';
import { FilterMenu } from './FilterMenu';
import { ImportButton } from './ImportButton';
import { SortMenu } from './SortMenu';
import { ToolButton } from './ToolButton';
import classes from './Toolbar.module.css';

export interface ToolbarProps {
  baseId: string;
  table: Table;
  /** Absent where the table has none. */
  view?: View;
  columns: Columns;
  shown: Shown;
  onSort: (sorts: Sort[]) => void;
  onFilter: (filter: Pick<TableSearch, 'where' | 'formula'>) => void;
  onField: (field: Field | 'new') => void;
  /** Absent where nothing is to be written. */
  onAdd?: () => void;
}

export function Toolbar(props: ToolbarProps) {
  const { baseId, table } = props;
  useDocumentTitle(en.pageTitle(table.name));
  return (
    <header className={classes.toolbar}>
      <h1 className={classes.name}>{table.name}</h1>
      <FieldsMenu {...props} />
      <FilterMenu {...props} />
      <SortMenu {...props} />
      {props.onAdd && (
        <ToolButton
          className={classes.last}
          icon={IconPlus}
          isOn={false}
          label={en.grid.add}
          onClick={props.onAdd}
        />
      )}
      <ImportButton />
      <Tooltip label={en.data.history}>
        <ActionIcon
          className={props.onAdd ? undefined : classes.last}
          aria-label={en.data.history}
          renderRoot={(own) => <Link to="/history" search={{ base: baseId }} {...own} />}
        >
          <IconHistory size={18} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
    </header>
  );
}
