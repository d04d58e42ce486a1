import { number, plural } from './words';

export const query = {
  title: 'Query',
  menu: 'Query with SQL',
  statement: 'SQL statement',
  run: 'Run',
  runHint: 'Ctrl Enter runs it',
  tables: 'Tables and columns',
  insert: (name: string) => `Insert ${name}`,
  links: 'links',
  result: 'Result',
  found: (rows: number, ms: number) => `${plural(rows, 'row')} · ${number(ms)} ms`,
  truncated: 'There are more rows',
  truncatedText: (rows: number) =>
    `Only the first ${plural(rows, 'row')} are shown. Narrow the WHERE, aggregate, or go on with LIMIT and OFFSET.`,
  none: 'No rows',
  noneText: 'The statement is right, but nothing matches it.',
  empty: 'empty',
};
