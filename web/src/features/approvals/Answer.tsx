import { Button } from '@mantine/core';
import { IconCheck, IconClock, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Approval, answerApproval } from '@/api/approvals';
import { en } from '@/locales/en';
import { toastProblem } from '@/ui/toast';
import classes from './Approvals.module.css';

const t = en.approvals;

/** The two buttons and the time that is left, always in sight. */
export function Answer({ approval, left }: { approval: Approval; left: string }) {
  const queryClient = useQueryClient();
  const answer = useMutation({
    mutationFn: (how: 'approve' | 'reject') => answerApproval(approval.id, how),
    onSuccess: (_, how) =>
      queryClient.setQueryData<Approval>(
        ['approval', approval.id],
        (old) => old && { ...old, state: how === 'approve' ? 'approved' : 'rejected' },
      ),
    onError: toastProblem,
    onSettled: () => {
      for (const key of ['approval', 'approvals', 'approvals-head']) {
        void queryClient.invalidateQueries({ queryKey: [key] });
      }
    },
  });
  return (
    <footer className={classes.answer}>
      <span className={classes.left}>
        <IconClock size={16} stroke={1.7} />
        <span role="timer">{left}</span>
      </span>
      <Button
        variant="default"
        leftSection={<IconX size={16} />}
        disabled={answer.isPending}
        onClick={() => answer.mutate('reject')}
      >
        {t.reject}
      </Button>
      <Button
        leftSection={<IconCheck size={16} />}
        loading={answer.isPending && answer.variables === 'approve'}
        disabled={answer.isPending}
        onClick={() => answer.mutate('approve')}
      >
        {t.approve}
      </Button>
    </footer>
  );
}
