import { Button, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { en } from '@/locales/en';
import { BaseLine } from './BaseLine';
import table from './BaseTable.module.css';
import classes from './Connections.module.css';
import { type BaseRow, matching } from './rows';

const t = en.connections;

const SEARCHED_FROM = 9;
/** Accounts with hundreds of bases exist, and each line has three inputs. */
const SHOWN_AT_FIRST = 50;

interface Props {
  rows: BaseRow[];
  connectionId: string;
  /** The name of the connection, which tells several tables apart. */
  label: string;
}

export function BaseTable({ rows, connectionId, label }: Props) {
  const [text, setText] = useState('');
  const [isWhole, setWhole] = useState(false);
  const found = matching(rows, text);
  const shown = isWhole ? found : found.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      {rows.length >= SEARCHED_FROM && (
        <TextInput
          aria-label={t.find}
          placeholder={t.find}
          maw={280}
          leftSection={<IconSearch size={15} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {found.length === 0 && (
        <p className={classes.meta} role="status">
          {t.nothingFound}
        </p>
      )}
      {found.length > 0 && (
        <table className={table.table} aria-label={`${t.bases}: ${label}`}>
          <thead>
            <tr>
              <th scope="col">{t.columns.base}</th>
              <th scope="col">{t.columns.level}</th>
              <th scope="col">{t.columns.offered}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <BaseLine key={row.id} row={row} connectionId={connectionId} />
            ))}
          </tbody>
        </table>
      )}
      {shown.length < found.length && (
        <Button variant="subtle" onClick={() => setWhole(true)}>
          {t.showAll(found.length)}
        </Button>
      )}
    </>
  );
}
