/** Rows of cells as tab-separated text; cells with breaks are quoted the way spreadsheets do it. */
export function toTsv(rows: string[][]): string {
  return rows.map((cells) => cells.map(quote).join('\t')).join('\n');
}

function quote(cell: string) {
  return /[\t\n\r"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** The cells of tab-separated text, quoted ones whole; a break at the end begins no row. */
export function fromTsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const [cell, end] = readCell(text, at);
    row.push(cell);
    const isRowGoingOn = text[end] === '\t';
    at = end + (text.startsWith('\r\n', end) ? 2 : 1);
    if (isRowGoingOn && at < text.length) continue;
    rows.push(isRowGoingOn ? [...row, ''] : row);
    row = [];
  }
  return rows;
}

function readCell(text: string, from: number): [string, number] {
  const quoted = /"((?:[^"]|"")*)"(?=[\t\r\n]|$)/y;
  quoted.lastIndex = from;
  const found = quoted.exec(text);
  if (found) return [(found[1] ?? '').replaceAll('""', '"'), quoted.lastIndex];
  const length = text.slice(from).search(/[\t\r\n]/);
  const end = length < 0 ? text.length : from + length;
  return [text.slice(from, end), end];
}
