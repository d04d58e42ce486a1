import { describe, expect, it } from 'vitest';
import { moveByKey, rangeOf, tabbed } from './selection';

const extent = { rows: 50_000, columns: 8, page: 20 };
const at = (row: number, column: number) => ({ active: { row, column }, anchor: { row, column } });
const press = (from: ReturnType<typeof at>, key: string, isControl = false, shiftKey = false) =>
  moveByKey(from, { key, isControl, shiftKey }, extent);

describe('moveByKey', () => {
  it.each([
    ['ArrowDown', false, 6, 3],
    ['ArrowUp', false, 4, 3],
    ['ArrowLeft', false, 5, 2],
    ['ArrowRight', false, 5, 4],
    ['ArrowDown', true, 49_999, 3],
    ['ArrowUp', true, 0, 3],
    ['ArrowRight', true, 5, 7],
    ['PageDown', false, 25, 3],
    ['PageUp', false, 0, 3],
    ['Home', false, 5, 0],
    ['End', false, 5, 7],
    ['Home', true, 0, 0],
    ['End', true, 49_999, 7],
  ])('%s control=%s', (key, isControl, row, column) => {
    expect(press(at(5, 3), key, isControl)).toEqual(at(row, column));
  });

  it('stays inside the table', () => {
    expect(press(at(0, 0), 'ArrowLeft')).toEqual(at(0, 0));
    expect(press(at(49_999, 7), 'ArrowDown')).toEqual(at(49_999, 7));
  });

  it('extends from the anchor with shift', () => {
    const next = press(at(5, 3), 'ArrowUp', false, true);
    expect(next && rangeOf(next)).toEqual({ top: 4, bottom: 5, left: 3, right: 3 });
  });

  it('selects everything', () => {
    const next = press(at(5, 3), 'a', true);
    expect(next && rangeOf(next)).toEqual({ top: 0, bottom: 49_999, left: 0, right: 7 });
  });

  it('leaves other keys alone', () => {
    expect(press(at(5, 3), 'x')).toBeUndefined();
  });
});

describe('tabbed', () => {
  const extent = { rows: 2, columns: 3 };
  it('goes through the cells in reading order and out at both ends', () => {
    expect(tabbed({ row: 0, column: 2 }, false, extent)).toEqual({ row: 1, column: 0 });
    expect(tabbed({ row: 1, column: 0 }, true, extent)).toEqual({ row: 0, column: 2 });
    expect(tabbed({ row: 1, column: 2 }, false, extent)).toBeUndefined();
    expect(tabbed({ row: 0, column: 0 }, true, extent)).toBeUndefined();
  });
});
