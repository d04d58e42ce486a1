import { type MouseEvent, useEffect, useRef } from 'react';
import type { Cell, Selection } from './selection';

/** Click selects a cell; dragging or Shift makes a range. Links and buttons keep their own clicks. */
export function useGridPointer(selection: Selection, select: (next: Selection) => void) {
  const isDragging = useRef(false);
  useEffect(() => {
    const stop = () => {
      isDragging.current = false;
    };
    window.addEventListener('mouseup', stop);
    return () => window.removeEventListener('mouseup', stop);
  }, []);
  return {
    onMouseDown: (event: MouseEvent) => {
      const cell = cellAt(event);
      if (!cell || event.button !== 0) return;
      isDragging.current = true;
      select({ active: cell, anchor: event.shiftKey ? selection.anchor : cell });
    },
    onMouseOver: (event: MouseEvent) => {
      const cell = isDragging.current && cellAt(event);
      if (cell) select({ active: cell, anchor: selection.anchor });
    },
  };
}

function cellAt(event: MouseEvent): Cell | undefined {
  const target = event.target as HTMLElement;
  if (target.closest('a, button, input, textarea')) return undefined;
  const element = target.closest<HTMLElement>('[data-column]');
  if (!element) return undefined;
  return { row: Number(element.dataset.row), column: Number(element.dataset.column) };
}
