import { UnstyledButton } from '@mantine/core';
import type { SqlTable } from '@/api/sql';
import { en } from '@/locales/en';
import classes from './TableList.module.css';

const t = en.query;

interface Props {
  tables: SqlTable[];
  onInsert: (name: string) => void;
}

export function TableList({ tables, onInsert }: Props) {
  return (
    <aside className={classes.root} aria-label={t.tables}>
      <h2 className={classes.title}>{t.tables}</h2>
      {tables.map((table) => (
        <details key={table.name} className={classes.table}>
          <summary>
            <span className={classes.name}>{table.name}</span>
            {table.is_link_table && <span className={classes.type}>{t.links}</span>}
          </summary>
          <ul className={classes.columns}>
            <li>
              <Name name={table.name} type="" onInsert={onInsert} />
            </li>
            {table.columns.map(({ name, type }) => (
              <li key={name}>
                <Name name={name} type={type} onInsert={onInsert} />
              </li>
            ))}
          </ul>
        </details>
      ))}
    </aside>
  );
}

function Name({
  name,
  type,
  onInsert,
}: {
  name: string;
  type: string;
  onInsert: Props['onInsert'];
}) {
  return (
    <UnstyledButton
      className={classes.column}
      title={t.insert(name)}
      onClick={() => onInsert(name)}
    >
      <span className={classes.name}>{name}</span>
      <span className={classes.type}>{type.toLowerCase()}</span>
    </UnstyledButton>
  );
}
