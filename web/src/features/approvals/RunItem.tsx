import { IconTransform } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { questionToMe, type Saga } from '@/api/sagas';
import { en } from '@/locales/en';
import { IconTile } from '@/ui/Chip';
import page from '@/ui/Page.module.css';
import { comingText, fullTime, timeText } from '@/ui/times';
import classes from './Approvals.module.css';

const t = en.approvals;

/** A saga that asks; it is answered where its steps and its plan are shown. */
export function RunItem({ run, now }: { run: Saga; now: number }) {
  const question = questionToMe(run, now);
  if (!question) return null;
  return (
    <li className={classes.item}>
      <IconTile hue="cyan" size={34}>
        <IconTransform size={18} stroke={1.7} />
      </IconTile>
      <div className={classes.itemText}>
        <Link to="/sagas/$sagaId" params={{ sagaId: run.saga_id }} className={classes.itemLink}>
          {question.message ?? t.question(run.definition)}
        </Link>
        <div className={page.meta}>
          {t.by(run.definition, run.started_by.name)} ·{' '}
          <time dateTime={run.started_at} title={fullTime(run.started_at)}>
            {timeText(run.started_at, now)}
          </time>
        </div>
      </div>
      <time className={classes.left} dateTime={question.until} title={fullTime(question.until)}>
        {t.until(comingText(question.until, now))}
      </time>
    </li>
  );
}
