import { Link } from '@tanstack/react-router';
import type { ApprovalSummary } from '@/api/approvals';
import { en } from '@/locales/en';
import { Avatar } from '@/ui/Chip';
import page from '@/ui/Page.module.css';
import { fullTime, timeText } from '@/ui/times';
import classes from './Approvals.module.css';
import { leftText } from './planText';

const t = en.approvals;

/** A call that an assistant wants to make. */
export function CallItem({ item, now }: { item: ApprovalSummary; now: number }) {
  const client = item.client ?? t.unknownClient;
  return (
    <li className={classes.item}>
      <Avatar id={client} name={client} size={34} />
      <div className={classes.itemText}>
        <Link
          to="/approvals/$approvalId"
          params={{ approvalId: item.id }}
          className={classes.itemLink}
        >
          {item.title}
        </Link>
        <div className={page.meta}>
          {client} · {item.tool} ·{' '}
          <time dateTime={item.created_at} title={fullTime(item.created_at)}>
            {timeText(item.created_at, now)}
          </time>
        </div>
      </div>
      <span className={classes.left}>{leftText(item.expires_at, now)}</span>
    </li>
  );
}
