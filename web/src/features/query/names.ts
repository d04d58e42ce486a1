const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Words of SQL that people name tables and fields with. */
const WORDS = new Set(
  'all and as by case check default delete desc from group in index is join key left like limit not null on or order references right select set table then to union update values when where with'.split(
    ' ',
  ),
);

/** A name as it stands in a statement. */
export function quoted(name: string) {
  if (PLAIN.test(name) && !WORDS.has(name.toLowerCase())) return name;
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text with another in place of what is selected, and where the cursor stands then. */
export function replaceSelection(text: string, start: number, end: number, inserted: string) {
  return {
    text: text.slice(0, start) + inserted + text.slice(end),
    cursor: start + inserted.length,
  };
}
