import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { FieldChange, RecordChange } from '@/api/changes';
import type { FieldConfig } from '@/api/types';
import { en } from '@/locales/en';
import classes from './Diff.module.css';
import { DiffValue } from './DiffValue';
import { isEmpty, textParts } from './shown';

const ICONS = { created: IconPlus, updated: IconPencil, deleted: IconTrash };

interface Props {
  change: RecordChange;
  fieldOf?: (fieldId: string) => FieldConfig | undefined;
  note?: ReactNode;
  action?: ReactNode;
  cellAction?: (field: FieldChange) => ReactNode;
}

/** A record before and after; made and deleted ones whole. */
export function RecordDiff({ change, fieldOf, note, action, cellAction }: Props) {
  const KindIcon = ICONS[change.kind];
  const isUpdate = change.kind === 'updated';
  const fields = isUpdate
    ? change.fields
    : change.fields.filter((field) => !isEmpty(field.before) || !isEmpty(field.after));
  return (
    <article className={classes.card} data-kind={change.kind}>
      <header className={classes.head}>
        <span className={classes.kind} data-kind={change.kind}>
          <KindIcon size={15} stroke={1.9} />
        </span>
        <h3 className={classes.name}>{change.name || en.data.unnamed}</h3>
        <span className={classes.table}>
          {en.diff.kinds[change.kind]} {en.diff.inTable(change.table)}
        </span>
        <span className={classes.note}>{note}</span>
        {action && <span className={classes.action}>{action}</span>}
      </header>
      {fields.length === 0 && <p className={classes.none}>{en.diff.noCells}</p>}
      <dl className={classes.fields}>
        {fields.map((field) => (
          <Cell
            key={field.field_id}
            field={field}
            kind={change.kind}
            config={fieldOf?.(field.field_id)}
            action={cellAction?.(field)}
          />
        ))}
      </dl>
    </article>
  );
}

interface CellProps {
  field: FieldChange;
  kind: RecordChange['kind'];
  config?: FieldConfig;
  action?: ReactNode;
}

function Cell({ field, kind, config, action }: CellProps) {
  const { before, after } = field;
  const parts = kind === 'updated' ? textParts(before, after) : undefined;
  return (
    <div className={classes.cell} data-kind={kind}>
      <dt className={classes.field}>{field.field}</dt>
      {kind !== 'created' && (
        <dd className={classes.side}>
          <span className="srOnly">{en.diff.before}: </span>
          <DiffValue side="before" field={config} value={before} parts={parts?.[0]} />
        </dd>
      )}
      {kind !== 'deleted' && (
        <dd className={classes.side}>
          <span className="srOnly">{en.diff.after}: </span>
          <DiffValue side="after" field={config} value={after} parts={parts?.[1]} />
        </dd>
      )}
      {action && <dd className={classes.cellAction}>{action}</dd>}
    </div>
  );
}
