import type { ApprovalState } from '@/api/approvals';
import { en } from '@/locales/en';
import { Tag, type Tone } from '@/ui/Tag';

const TONES: Record<ApprovalState, Tone> = {
  pending: 'warning',
  approved: 'good',
  used: 'good',
  rejected: 'danger',
  expired: 'neutral',
};

export function StateTag({ state }: { state: ApprovalState }) {
  return <Tag tone={TONES[state]}>{en.approvals.states[state]}</Tag>;
}
