/** Rows of cells as tab-separated text; cells with breaks are quoted the way spreadsheets do it. */
export function toTsv(rows: string[][]): string {
  return rows.map((cells) => cells.map(quote).join('\t')).join('\n');
}

function quote(cell: string) {
  return /[\t\n\r"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
