/** Pages that hold the rows from `first` to `last`. */
export function pagesFor(first: number, last: number, pageSize: number): number[] {
  const from = Math.floor(Math.max(0, first) / pageSize);
  const to = Math.floor(Math.max(0, last) / pageSize);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

export interface ColumnWindow {
  from: number;
  to: number;
  before: number;
}

/** Scrolling columns (the frozen one left out) that touch the view, and the space before them. */
export function columnWindow(widths: number[], left: number, view: number): ColumnWindow {
  let from = 0;
  let before = 0;
  while (from < widths.length - 1 && before + (widths[from] ?? 0) < left) {
    before += widths[from] ?? 0;
    from += 1;
  }
  let to = from;
  let end = before;
  while (to < widths.length && end < left + view) {
    end += widths[to] ?? 0;
    to += 1;
  }
  return { from, to, before };
}
