import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowLeft,
  IconArrowRight,
  IconArrowsHorizontal,
  IconArrowUp,
  IconEyeOff,
  IconPencil,
  IconPlus,
  IconX,
} from '@tabler/icons-react';
import type { PointerEvent } from 'react';
import type { Field } from '@/api/types';
import { en } from '@/locales/en';
import { fieldIcon } from '@/ui/cells/fieldIcons';
import type { Sort } from '../search';
import classes from './GridHeader.module.css';
import type { Column, Columns } from './useColumns';
import type { ColumnWindow } from './windowing';

const t = en.data;
const STEP = 40;

interface Props {
  columns: Columns;
  view: ColumnWindow;
  sorts: Sort[];
  /** Where the last field ends. */
  end: number;
  menuColumn: number;
  onMenu: (column: number) => void;
  onSort: (sorts: Sort[]) => void;
  /** Absent where fields are not to be changed. */
  onField?: (field: Field | 'new') => void;
}

export function GridHeader(props: Props) {
  const { columns, view } = props;
  return (
    <div role="rowgroup" className={classes.header}>
      <div role="row" aria-rowindex={1} className={classes.row}>
        <div className={classes.frozen}>
          <div role="columnheader" className={classes.number}>
            <span className="srOnly">{t.record}</span>
          </div>
          <HeaderCell {...props} index={0} />
        </div>
        <div style={{ width: view.before, flex: 'none' }} />
        {columns.columns.slice(view.from + 1, view.to + 1).map((column, offset) => (
          <HeaderCell key={column.field.id} {...props} index={view.from + 1 + offset} />
        ))}
        {props.onField && (
          <div role="columnheader" className={classes.add} style={{ left: props.end }}>
            <ActionIcon
              tabIndex={-1}
              aria-label={en.grid.addField}
              onMouseDown={(event) => event.stopPropagation()}
              onClick={() => props.onField?.('new')}
            >
              <IconPlus size={17} stroke={1.8} />
            </ActionIcon>
          </div>
        )}
      </div>
    </div>
  );
}

function HeaderCell({ index, ...props }: Props & { index: number }) {
  const column = props.columns.columns[index];
  if (!column) return null;
  const { field, width } = column;
  const FieldIcon = fieldIcon(field.type);
  const own = props.sorts.find(({ fieldId }) => fieldId === field.id);
  const direction = own && (own.isDescending ? 'descending' : 'ascending');
  return (
    <div
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={direction}
      className={classes.cell}
      style={{ width }}
    >
      <Menu
        position="bottom-start"
        width={200}
        opened={props.menuColumn === index}
        onChange={(isOpen) => props.onMenu(isOpen ? index : -1)}
      >
        <Menu.Target>
          <button
            type="button"
            tabIndex={-1}
            className={classes.button}
            title={field.description}
            onMouseDown={(event) => event.stopPropagation()}
          >
            <FieldIcon size={15} stroke={1.6} className={classes.icon} />
            <span className={classes.name}>{field.name}</span>
            {own?.isDescending === false && <IconArrowUp size={14} className={classes.sorted} />}
            {own?.isDescending && <IconArrowDown size={14} className={classes.sorted} />}
          </button>
        </Menu.Target>
        <FieldMenu {...props} column={column} isPrimary={index === 0} isSorted={Boolean(own)} />
      </Menu>
      <Resizer width={width} onResize={(next) => props.columns.resize(field.id, next)} />
    </div>
  );
}

interface FieldMenuProps extends Props {
  column: Column;
  isPrimary: boolean;
  isSorted: boolean;
}

function FieldMenu({
  column,
  columns,
  isPrimary,
  isSorted,
  sorts,
  onSort,
  onField,
}: FieldMenuProps) {
  const { id } = column.field;
  const sortBy = (isDescending: boolean) => () => onSort([{ fieldId: id, isDescending }]);
  const resizeBy = (step: number) => () => columns.resize(id, column.width + step);
  return (
    <Menu.Dropdown>
      <Menu.Item leftSection={<IconArrowUp size={15} />} onClick={sortBy(false)}>
        {t.sortUp}
      </Menu.Item>
      <Menu.Item leftSection={<IconArrowDown size={15} />} onClick={sortBy(true)}>
        {t.sortDown}
      </Menu.Item>
      {isSorted && (
        <Menu.Item
          leftSection={<IconX size={15} />}
          onClick={() => onSort(sorts.filter(({ fieldId }) => fieldId !== id))}
        >
          {t.sortClear}
        </Menu.Item>
      )}
      <Menu.Divider />
      <Menu.Item
        leftSection={<IconArrowsHorizontal size={15} />}
        closeMenuOnClick={false}
        onClick={resizeBy(STEP)}
      >
        {t.wider}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconArrowsHorizontal size={15} />}
        closeMenuOnClick={false}
        onClick={resizeBy(-STEP)}
      >
        {t.narrower}
      </Menu.Item>
      {!isPrimary && (
        <>
          <Menu.Item leftSection={<IconArrowLeft size={15} />} onClick={() => columns.move(id, -1)}>
            {en.grid.moveLeft}
          </Menu.Item>
          <Menu.Item leftSection={<IconArrowRight size={15} />} onClick={() => columns.move(id, 1)}>
            {en.grid.moveRight}
          </Menu.Item>
          <Menu.Item leftSection={<IconEyeOff size={15} />} onClick={() => columns.toggle(id)}>
            {t.hide}
          </Menu.Item>
        </>
      )}
      {onField && (
        <>
          <Menu.Divider />
          <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => onField(column.field)}>
            {en.grid.editField}
          </Menu.Item>
        </>
      )}
    </Menu.Dropdown>
  );
}

function Resizer({ width, onResize }: { width: number; onResize: (width: number) => void }) {
  const start = (down: PointerEvent<HTMLSpanElement>) => {
    down.preventDefault();
    down.stopPropagation();
    const handle = down.currentTarget;
    handle.setPointerCapture(down.pointerId);
    handle.onpointermove = (move) => onResize(width + move.clientX - down.clientX);
    handle.onpointerup = () => {
      handle.onpointermove = null;
      handle.onpointerup = null;
    };
  };
  return <span className={classes.resizer} aria-hidden="true" onPointerDown={start} />;
}
