import { ActionIcon, Button, Menu, ScrollArea, Tooltip } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import {
  IconArrowDown,
  IconArrowsSort,
  IconArrowUp,
  IconCheck,
  IconEyeOff,
  IconHistory,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Table } from '@/api/types';
import { en } from '@/locales/en';
import { fieldIcon } from '@/ui/cells/fieldIcons';
import type { Columns } from './grid/useColumns';
import type { Sort } from './search';
import classes from './TablePage.module.css';

const t = en.data;

interface Props {
  baseId: string;
  table: Table;
  columns: Columns;
  sort?: Sort;
  onSort: (sort: Sort | undefined) => void;
}

export function Toolbar(props: Props) {
  useDocumentTitle(en.pageTitle(props.table.name));
  return (
    <header className={classes.toolbar}>
      <h1 className={classes.name}>{props.table.name}</h1>
      <FieldsMenu {...props} />
      <SortMenu {...props} />
      <Tooltip label={t.history}>
        <ActionIcon
          className={classes.history}
          aria-label={t.history}
          renderRoot={(own) => <Link to="/history" search={{ base: props.baseId }} {...own} />}
        >
          <IconHistory size={18} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
    </header>
  );
}

function FieldsMenu({ table, columns }: Props) {
  const hidden = columns.hidden.length;
  return (
    <Menu width={260} closeOnItemClick={false} position="bottom-start">
      <Menu.Target>
        <Button
          variant={hidden ? 'light' : 'subtle'}
          color={hidden ? 'teal' : 'gray'}
          c={hidden ? undefined : 'var(--ink)'}
          leftSection={<IconEyeOff size={16} stroke={1.7} />}
        >
          {hidden ? t.hidden(hidden) : t.fields}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <ScrollArea.Autosize mah={420}>
          {table.fields
            .filter((field) => field.id !== table.primaryFieldId)
            .map((field) => {
              const FieldIcon = fieldIcon(field.type);
              const isShown = !columns.hidden.includes(field.id);
              return (
                <Menu.Item
                  key={field.id}
                  role="menuitemcheckbox"
                  aria-checked={isShown}
                  c={isShown ? undefined : 'dimmed'}
                  leftSection={<FieldIcon size={16} stroke={1.7} />}
                  rightSection={isShown && <IconCheck size={15} />}
                  onClick={() => columns.toggle(field.id)}
                >
                  {field.name}
                </Menu.Item>
              );
            })}
        </ScrollArea.Autosize>
        {hidden > 0 && (
          <>
            <Menu.Divider />
            <Menu.Item onClick={columns.showAll}>{t.showAll}</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function SortMenu({ table, sort, onSort }: Props) {
  const sorted = table.fields.find((field) => field.id === sort?.fieldId);
  return (
    <Menu width={260} position="bottom-start">
      <Menu.Target>
        <Button
          variant={sorted ? 'light' : 'subtle'}
          color={sorted ? 'teal' : 'gray'}
          c={sorted ? undefined : 'var(--ink)'}
          leftSection={<IconArrowsSort size={16} stroke={1.7} />}
        >
          {sorted ? t.sortedBy(sorted.name) : t.sort}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <ScrollArea.Autosize mah={420}>
          {table.fields.map((field) => {
            const FieldIcon = fieldIcon(field.type);
            const isOwn = field.id === sort?.fieldId;
            const Arrow = sort?.isDescending ? IconArrowDown : IconArrowUp;
            return (
              <Menu.Item
                key={field.id}
                leftSection={<FieldIcon size={16} stroke={1.7} />}
                rightSection={isOwn && <Arrow size={15} />}
                onClick={() =>
                  onSort({ fieldId: field.id, isDescending: isOwn && !sort?.isDescending })
                }
              >
                {field.name}
              </Menu.Item>
            );
          })}
        </ScrollArea.Autosize>
        {sorted && (
          <>
            <Menu.Divider />
            <Menu.Item onClick={() => onSort(undefined)}>{t.sortClear}</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
