import { useQuery } from '@tanstack/react-query';
import { approvalHead, isOpen } from '@/api/approvals';
import { isMissing } from '@/api/client';
import { questionToMe, sagasAskingMe, sagasInNeed } from '@/api/sagas';
import { en } from '@/locales/en';

export interface Waiting {
  count: number;
  /** What the count says, in words. */
  text: string;
  isUrgent?: boolean;
}

/** What waits for a person, by page; `undefined` where the server knows of no such thing at all. */
export function useWaiting(): Record<string, Waiting | undefined> {
  return { '/approvals': useApprovals(), '/sagas': useSagas() };
}

function useApprovals(): Waiting | undefined {
  const { data, error } = useQuery(approvalHead);
  const runs = useQuery(sagasAskingMe).data?.items ?? [];
  if (isMissing(error)) return undefined;
  const now = Date.now();
  const calls = (data?.items ?? []).filter((call) => isOpen(call, now));
  const count = calls.length + runs.filter((run) => questionToMe(run, now)).length;
  return { count, text: en.nav.waiting(count) };
}

function useSagas(): Waiting | undefined {
  const { data, error } = useQuery(sagasInNeed);
  if (isMissing(error)) return undefined;
  const count = data?.items.length ?? 0;
  return { count, text: en.nav.inNeed(count), isUrgent: true };
}
