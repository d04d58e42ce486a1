import { ActionIcon, Button, Menu } from '@mantine/core';
import {
  IconChevronDown,
  IconCopy,
  IconDeviceFloppy,
  IconLayoutGrid,
  IconPencil,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { View } from '@/api/types';
import { en } from '@/locales/en';
import { useEditing } from '../edit/EditContext';
import type { Columns } from '../grid/useColumns';
import type { TableSearch } from '../search';
import { DeleteView } from './DeleteView';
import { NameView } from './NameView';
import type { Shown } from './shown';
import { settingsOf, useViewChange } from './useViewChange';
import classes from './ViewBar.module.css';

const t = en.views;
/** The view itself, with nothing in its place. */
const AS_SAVED: TableSearch = {
  sort: undefined,
  where: undefined,
  formula: undefined,
  row: undefined,
};

interface Props {
  views: View[];
  view: View;
  columns: Columns;
  shown: Shown;
  onSearch: (change: TableSearch) => void;
}

/** The views of a table, what can be done with the open one, and what of it is not saved. */
export function ViewBar(props: Props) {
  const { views, view, onSearch } = props;
  const { base, table, maySchema } = useEditing();
  const [dialog, setDialog] = useState<'new' | 'rename' | 'duplicate' | 'delete'>();
  const params = { baseId: base.id, tableId: table.id };
  const open = (id?: string) => onSearch({ ...AS_SAVED, view: id });
  const close = () => setDialog(undefined);
  return (
    <div className={classes.bar}>
      <nav className={classes.views} aria-label={t.views}>
        {views.map(({ id, name }, index) => (
          <Link
            key={id}
            to="/bases/$baseId/$tableId"
            params={params}
            search={{ view: index === 0 ? undefined : id }}
            activeOptions={{ includeSearch: true, explicitUndefined: true }}
            activeProps={{}}
            aria-current={id === view.id ? 'page' : undefined}
            className={classes.view}
          >
            <IconLayoutGrid size={15} stroke={1.7} className={classes.icon} />
            <span className={classes.name}>{name}</span>
          </Link>
        ))}
      </nav>
      {maySchema && (
        <>
          <Menu position="bottom-start">
            <Menu.Target>
              <ActionIcon aria-label={t.menu(view.name)}>
                <IconChevronDown size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setDialog('rename')}>
                {t.rename}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconCopy size={15} />}
                onClick={() => setDialog('duplicate')}
              >
                {t.duplicate}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconTrash size={15} />}
                disabled={table.views.length < 2}
                onClick={() => setDialog('delete')}
              >
                {t.remove}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <ActionIcon aria-label={t.add} onClick={() => setDialog('new')}>
            <IconPlus size={16} />
          </ActionIcon>
        </>
      )}
      <Unsaved {...props} />
      {dialog === 'delete' && <DeleteView view={view} onDone={() => open()} onClose={close} />}
      {dialog && dialog !== 'delete' && (
        <NameView
          view={dialog === 'new' ? undefined : view}
          settings={dialog === 'duplicate' ? settingsOf(props.shown, props.columns) : undefined}
          onDone={(id) => id !== view.id && open(id)}
          onClose={close}
        />
      )}
    </div>
  );
}

/** What is shown in another way than the view has it, to be kept or given up. */
function Unsaved({ view, columns, shown, onSearch }: Props) {
  const { maySchema } = useEditing();
  const save = useViewChange();
  const { isOtherFilter, isOtherSort } = shown;
  if (!isOtherFilter && !isOtherSort && !columns.isOther) return null;
  const reset = () => {
    columns.reset();
    onSearch(AS_SAVED);
  };
  const all = settingsOf(shown, columns);
  const settings = {
    ...(isOtherFilter && { filter: all.filter }),
    ...(isOtherSort && { sort: all.sort }),
    ...(columns.isOther && { hiddenFieldIds: all.hiddenFieldIds, fieldOrder: all.fieldOrder }),
  };
  return (
    <div className={classes.unsaved}>
      <span className={classes.about}>{t.changed}</span>
      {maySchema && (
        <Button
          variant="light"
          size="compact-sm"
          leftSection={<IconDeviceFloppy size={15} />}
          loading={save.isPending}
          onClick={() =>
            save.mutate(
              { kind: 'update', viewId: view.id, change: settings, told: t.saved(view.name) },
              { onSuccess: reset },
            )
          }
        >
          {t.save}
        </Button>
      )}
      <Button variant="subtle" color="gray" size="compact-sm" onClick={reset}>
        {t.reset}
      </Button>
    </div>
  );
}
