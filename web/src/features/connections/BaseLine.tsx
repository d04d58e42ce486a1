import { SegmentedControl } from '@mantine/core';
import { en } from '@/locales/en';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { Tag } from '@/ui/Tag';
import classes from './Connections.module.css';
import { type BaseRow, type Choice, mayWrite } from './rows';
import { useOffer } from './useOffer';

const t = en.connections;

export function BaseLine({ row, connectionId }: { row: BaseRow; connectionId: string }) {
  const { choose, shown, done, isPending, error } = useOffer(connectionId, row);
  const isWritable = mayWrite(row);
  return (
    <tr aria-busy={isPending}>
      <th scope="row" className={classes.base}>
        <span className={classes.baseName}>{row.name}</span>
        <code className={classes.baseId}>{row.id}</code>
        {!row.isReached && <Tag tone="warning">{t.outOfReach}</Tag>}
      </th>
      <td>
        <Tag>{t.levels[row.level]}</Tag>
      </td>
      <td className={classes.choice}>
        <SegmentedControl
          size="xs"
          aria-label={t.choiceLabel(row.name)}
          value={shown}
          onChange={(choice) => choose(choice as Choice)}
          data={[
            { value: 'none', label: t.choices.none },
            { value: 'read', label: t.choices.read },
            { value: 'write', label: t.choices.write, disabled: !isWritable },
          ]}
        />
        {!isWritable && <p className={classes.meta}>{t.noWrite}</p>}
        <ProblemAlert error={error} isFull />
        <span className="srOnly" role="status">
          {done && t.now[done](row.name)}
        </span>
      </td>
    </tr>
  );
}
