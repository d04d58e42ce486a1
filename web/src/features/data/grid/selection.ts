export interface Cell {
  row: number;
  column: number;
}

export interface Selection {
  active: Cell;
  anchor: Cell;
}

export interface Range {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export interface Extent {
  rows: number;
  columns: number;
  page: number;
}

export interface Key {
  key: string;
  shiftKey: boolean;
  isControl: boolean;
}

export function rangeOf({ active, anchor }: Selection): Range {
  return {
    top: Math.min(active.row, anchor.row),
    bottom: Math.max(active.row, anchor.row),
    left: Math.min(active.column, anchor.column),
    right: Math.max(active.column, anchor.column),
  };
}

/** The selection after a key, or nothing when the key does not move it. */
export function moveByKey(old: Selection, key: Key, extent: Extent): Selection | undefined {
  if (key.isControl && key.key.toLowerCase() === 'a') return selectAll(extent);
  const target = targetOf(old.active, key, extent);
  if (!target) return undefined;
  const active = clamp(target, extent);
  return { active, anchor: key.shiftKey ? old.anchor : active };
}

/** The cell after Tab; nothing behind the last cell and before the first, where the grid is left. */
export function tabbed(
  { row, column }: Cell,
  isBack: boolean,
  { rows, columns }: { rows: number; columns: number },
): Cell | undefined {
  const place = row * columns + column + (isBack ? -1 : 1);
  if (place < 0 || place >= rows * columns) return undefined;
  return { row: Math.floor(place / columns), column: place % columns };
}

function selectAll({ rows, columns }: Extent): Selection {
  return { active: { row: 0, column: 0 }, anchor: { row: rows - 1, column: columns - 1 } };
}

function targetOf({ row, column }: Cell, { key, isControl }: Key, extent: Extent) {
  const far = Number.POSITIVE_INFINITY;
  const step = isControl ? far : 1;
  switch (key) {
    case 'ArrowUp':
      return { row: row - step, column };
    case 'ArrowDown':
      return { row: row + step, column };
    case 'ArrowLeft':
      return { row, column: column - step };
    case 'ArrowRight':
      return { row, column: column + step };
    case 'PageUp':
      return { row: row - extent.page, column };
    case 'PageDown':
      return { row: row + extent.page, column };
    case 'Home':
      return { row: isControl ? 0 : row, column: 0 };
    case 'End':
      return { row: isControl ? far : row, column: far };
    default:
      return undefined;
  }
}

function clamp({ row, column }: Cell, { rows, columns }: Extent): Cell {
  return {
    row: Math.max(0, Math.min(rows - 1, row)),
    column: Math.max(0, Math.min(columns - 1, column)),
  };
}
