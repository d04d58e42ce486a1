import { IconCheck, IconClockOff, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ApprovalState } from '@/api/approvals';
import { en } from '@/locales/en';
import { Notice } from '@/ui/Notice';
import classes from './Approvals.module.css';

const t = en.approvals.after;
const LOOKS = {
  approved: { icon: IconCheck, tone: 'good', text: t.approvedText },
  used: { icon: IconCheck, tone: 'good', text: t.usedText },
  rejected: { icon: IconX, tone: 'danger', text: t.rejectedText },
  expired: { icon: IconClockOff, tone: 'neutral', text: t.expiredText },
} as const;

/** What became of the request, and what to do now. */
export function Verdict({ state }: { state: Exclude<ApprovalState, 'pending'> }) {
  const { icon, tone, text } = LOOKS[state];
  return (
    <Notice as="status" icon={icon} tone={tone} title={t[state]}>
      <p>{text}</p>
      {state === 'used' && (
        <Link to="/history" search={{}} className={classes.verdictLink}>
          {en.approvals.toHistory}
        </Link>
      )}
    </Notice>
  );
}
