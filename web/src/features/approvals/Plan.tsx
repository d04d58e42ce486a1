import { IconAlertTriangle, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import type { ApprovalPlan } from '@/api/approvals';
import { en } from '@/locales/en';
import { RecordDiff } from '@/ui/diff/RecordDiff';
import { Notice } from '@/ui/Notice';
import page from '@/ui/Page.module.css';
import classes from './Approvals.module.css';
import { planLines } from './planText';
import { usePlanFields } from './usePlanFields';

const t = en.approvals;
const ICONS = { created: IconPlus, updated: IconPencil, deleted: IconTrash };

export function Plan({ plan }: { plan: ApprovalPlan }) {
  const fieldOf = usePlanFields(plan);
  return (
    <>
      <Irreversible lines={plan.irreversible} />
      <section className={classes.plan} aria-label={t.plan}>
        <h3 className={classes.heading}>{t.plan}</h3>
        <Lines plan={plan} />
        {plan.schema.length > 0 && (
          <>
            <h4 className={classes.subheading}>{t.schema}</h4>
            <ul className={classes.schema}>
              {plan.schema.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </>
        )}
      </section>
      {plan.records.length > 0 && (
        <section className={classes.records} aria-label={t.records}>
          {plan.records.map((record) => (
            <RecordDiff
              key={`${record.table_id} ${record.record_id}`}
              change={record}
              fieldOf={fieldOf}
            />
          ))}
          {plan.truncated && <p className={page.meta}>{t.truncated(plan.records.length)}</p>}
        </section>
      )}
    </>
  );
}

function Lines({ plan }: { plan: ApprovalPlan }) {
  const lines = planLines(plan);
  if (lines.length === 0) return <p className={page.meta}>{t.nothingPlanned}</p>;
  return (
    <ul className={classes.lines}>
      {lines.map(({ key, kind, text }) => {
        const KindIcon = ICONS[kind];
        return (
          <li key={key} data-kind={kind}>
            <span className={classes.lineIcon}>
              <KindIcon size={15} stroke={1.9} />
            </span>
            {text}
          </li>
        );
      })}
    </ul>
  );
}

function Irreversible({ lines }: { lines: string[] }) {
  if (lines.length === 0) return null;
  return (
    <Notice tone="warning" icon={IconAlertTriangle} title={t.irreversible}>
      <p>{t.irreversibleText}</p>
      <ul className={classes.schema}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </Notice>
  );
}
