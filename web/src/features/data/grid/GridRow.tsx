import { IconArrowsDiagonal } from '@tabler/icons-react';
import { memo } from 'react';
import { en } from '@/locales/en';
import { CellView } from '@/ui/cells/CellView';
import { CellEditor } from '../edit/editors/CellEditor';
import { Problem } from '../edit/editors/Problem';
import { isOpened } from '../edit/kinds';
import type { GridEditing } from '../edit/useGridEditing';
import classes from './Grid.module.css';
import type { Column } from './useColumns';
import type { LoadedRow } from './useRows';

interface Props {
  index: number;
  top: number;
  row?: LoadedRow;
  columns: Column[];
  from: number;
  to: number;
  before: number;
  left: number;
  right: number;
  activeColumn: number;
  isOpen: boolean;
  /** The column that is edited, and what was typed to begin with. */
  edited?: { column: number; seed?: string };
  errors?: Record<string, string>;
  onOpen: (row: number) => void;
  onCommit: GridEditing['commit'];
  onCancel: GridEditing['cancel'];
}

export const GridRow = memo(
  function GridRow(props: Props) {
    const { index, top, columns, from, to, before } = props;
    return (
      <div
        role="row"
        aria-rowindex={index + 2}
        className={classes.row}
        data-open={props.isOpen || undefined}
        data-raised={props.activeColumn >= 0 || undefined}
        style={{ transform: `translateY(${top}px)` }}
      >
        <div className={classes.frozen}>
          <RowNumber index={index} onOpen={props.onOpen} />
          <GridCell {...props} column={0} />
        </div>
        <div className={classes.spacer} style={{ width: before }} />
        {columns.slice(from + 1, to + 1).map((column, offset) => (
          <GridCell key={column.field.id} {...props} column={from + 1 + offset} />
        ))}
      </div>
    );
  },
  (a, b) => sameRow(a, b),
);

function sameRow(a: Props, b: Props) {
  return (
    a.row?.record === b.row?.record &&
    a.index === b.index &&
    a.top === b.top &&
    a.columns === b.columns &&
    a.from === b.from &&
    a.to === b.to &&
    a.left === b.left &&
    a.right === b.right &&
    a.activeColumn === b.activeColumn &&
    a.isOpen === b.isOpen &&
    a.edited?.column === b.edited?.column &&
    a.errors === b.errors &&
    (a.edited === undefined || a.onCommit === b.onCommit)
  );
}

function RowNumber({ index, onOpen }: { index: number; onOpen: (row: number) => void }) {
  return (
    <div role="rowheader" className={classes.number}>
      <span className={classes.numberText}>{index + 1}</span>
      <button
        type="button"
        className={classes.expand}
        tabIndex={-1}
        aria-label={en.data.open(index + 1)}
        onClick={() => onOpen(index)}
      >
        <IconArrowsDiagonal size={14} />
      </button>
    </div>
  );
}

function GridCell({ column, ...props }: Props & { column: number }) {
  const { index, row, columns, left, right, activeColumn, edited } = props;
  const spec = columns[column];
  if (!spec) return null;
  const isSelected = column >= left && column <= right;
  const isActive = column === activeColumn;
  const isEdited = edited?.column === column && row !== undefined;
  const problem = props.errors?.[spec.field.id];
  return (
    <div
      role="gridcell"
      id={`c${index}-${column}`}
      aria-colindex={column + 1}
      aria-selected={isSelected}
      aria-readonly={!isOpened(spec.field) || undefined}
      aria-invalid={problem !== undefined || undefined}
      className={classes.cell}
      data-row={index}
      data-column={column}
      data-right={spec.isRight || undefined}
      data-primary={column === 0 || undefined}
      data-computed={!isOpened(spec.field) || undefined}
      data-selected={isSelected || undefined}
      data-active={isActive || undefined}
      data-edited={isEdited || undefined}
      data-wrong={problem !== undefined || undefined}
      style={{ width: spec.width }}
    >
      {isEdited ? (
        <CellEditor
          recordId={row.record.id}
          field={spec.field}
          value={row.record.fields[spec.field.id]}
          names={row.names}
          seed={edited.seed}
          onCommit={props.onCommit}
          onCancel={props.onCancel}
        />
      ) : (
        <Shown row={row} field={spec.field} />
      )}
      {isActive && !isEdited && <Problem text={problem} />}
    </div>
  );
}

function Shown({ row, field }: { row?: LoadedRow; field: Column['field'] }) {
  if (!row) return <span className={classes.ghost} />;
  return <CellView field={field} value={row.record.fields[field.id]} names={row.names} />;
}
