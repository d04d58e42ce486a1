import { Button, Textarea } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type AskedPeople as Asked,
  answerSaga,
  CHANGED_BY_DECISION,
  type Saga,
  type SagaStep,
  type Verdict,
} from '@/api/sagas';
import { en } from '@/locales/en';
import { CodeBlock } from '@/ui/CodeBlock';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { comingText, fullTime } from '@/ui/times';
import { toast } from '@/ui/toast';
import { useNow } from '@/ui/useNow';
import { Disclosure } from './Disclosure';
import classes from './SagaPage.module.css';
import { StepOutline } from './StepOutline';

const t = en.sagas.asked;
const LONGEST = 1000;

interface Props {
  run: Saga;
  step: SagaStep;
  asked: Asked;
}

/** Whom a step asks, what they said, and the two buttons for who may answer. */
export function AskedPeople({ run, step, asked }: Props) {
  const now = useNow(1000);
  return (
    <div className={classes.asked}>
      {asked.message && <p className={classes.question}>{asked.message}</p>}
      <p>
        {asked.until ? t.waitsFor(whom(asked), asked.quorum) : t.asks(whom(asked), asked.quorum)}
      </p>
      {asked.until && <p>{t.silence[asked.outcome](comingText(asked.until, now))}</p>}
      {asked.answers.map((answer) => (
        <p key={answer.user_id} title={fullTime(answer.at)}>
          {t.said(answer.name, answer.approved)}
          {answer.reason && `: ${answer.reason}`}
        </p>
      ))}
      {asked.plan.length > 0 && <Plan plan={asked.plan} />}
      {asked.may_answer && <Answer run={run} step={step} />}
    </div>
  );
}

function whom({ people, role }: Asked) {
  const names = people.map(({ name }) => name ?? t.gone);
  return role ? [...names, t.anyone(role)] : names;
}

function Plan({ plan }: { plan: Asked['plan'] }) {
  return (
    <Disclosure title={t.plan}>
      <StepOutline steps={plan} />
      <CodeBlock title={t.plan} code={JSON.stringify(plan, null, 2)} />
    </Disclosure>
  );
}

function Answer({ run, step }: { run: Saga; step: SagaStep }) {
  const [reason, setReason] = useState('');
  const [isMissing, setMissing] = useState(false);
  const answer = useAnswer(run, step);
  const say = (verdict: Verdict) => {
    const isSilent = !reason.trim();
    setMissing(isSilent && verdict === 'reject');
    if (isSilent && verdict === 'reject') return;
    answer.mutate({ verdict, reason: reason.trim() || undefined });
  };
  return (
    <>
      <Textarea
        label={t.reason}
        description={t.reasonHint}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={isMissing ? t.reasonNeeded : undefined}
        maxLength={LONGEST}
        autosize
        minRows={1}
        maxRows={4}
        mt={8}
      />
      <ProblemAlert error={answer.error} isFull />
      <div className={classes.decide}>
        <Button
          size="xs"
          leftSection={<IconCheck size={16} />}
          aria-label={t.approveStep(step.id)}
          disabled={answer.isPending}
          onClick={() => say('approve')}
        >
          {t.approve}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconX size={16} />}
          aria-label={t.rejectStep(step.id)}
          disabled={answer.isPending}
          onClick={() => say('reject')}
        >
          {t.reject}
        </Button>
      </div>
    </>
  );
}

function useAnswer(run: Saga, step: SagaStep) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ verdict, reason }: { verdict: Verdict; reason?: string }) =>
      answerSaga(run.saga_id, step.id, verdict, reason),
    onSuccess: (after, { verdict }) => {
      queryClient.setQueryData(['saga', run.saga_id], after);
      toast(verdict === 'approve' ? t.approved : t.rejected);
    },
    onSettled: () => {
      for (const key of CHANGED_BY_DECISION) {
        void queryClient.invalidateQueries({ queryKey: [key] });
      }
    },
  });
}
