import { SegmentedControl } from '@mantine/core';
import { en } from '@/locales/en';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { Tag } from '@/ui/Tag';
import { askToEnd } from './askToEnd';
import table from './BaseTable.module.css';
import classes from './Connections.module.css';
import { CopyLine } from './CopyLine';
import { type BaseRow, type Choice, endsCopy, hidesSomething, mayWrite, type Wanted } from './rows';
import { told } from './told';
import { useOffer } from './useOffer';

const t = en.connections;

export function BaseLine({ row, connectionId }: { row: BaseRow; connectionId: string }) {
  const { send, shown, done, isPending, error } = useOffer(connectionId, row);
  const isWritable = mayWrite(row);
  const choose = (wanted: Wanted) => {
    if (endsCopy(row, wanted)) askToEnd(row, wanted, () => send(wanted));
    else send(wanted);
  };
  return (
    <>
      <tr aria-busy={isPending}>
        <th scope="row" className={table.base}>
          <span className={table.baseName}>{row.name}</span>
          <code className={table.baseId}>{row.id}</code>
          {!row.isReached && <Tag tone="warning">{t.outOfReach}</Tag>}
          {hidesSomething(row) && (
            <Tag>{en.copies.hidden(row.hidden.fields.length, row.hidden.tables.length)}</Tag>
          )}
        </th>
        <td>
          <Tag>{t.levels[row.level]}</Tag>
        </td>
        <td className={table.choice}>
          <SegmentedControl
            size="xs"
            aria-label={t.choiceLabel(row.name)}
            value={shown.choice}
            onChange={(choice) => choose(offerOf(choice as Choice))}
            data={[
              { value: 'none', label: t.choices.none },
              { value: 'read', label: t.choices.read },
              { value: 'write', label: t.choices.write, disabled: !isWritable },
            ]}
          />
          {!isWritable && <p className={classes.meta}>{t.noWrite}</p>}
          <ProblemAlert error={error} isFull />
          <span className="srOnly" role="status">
            {done !== undefined && told(row.name, done)}
          </span>
        </td>
      </tr>
      {shown.choice !== 'none' && (
        <CopyLine
          row={row}
          access={shown.choice}
          mode={shown.mode}
          connectionId={connectionId}
          onChoose={choose}
        />
      )}
    </>
  );
}

const offerOf = (choice: Choice): Wanted => (choice === 'none' ? null : { access: choice });
