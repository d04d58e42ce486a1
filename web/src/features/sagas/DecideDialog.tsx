import { Button, Modal, Stack, Textarea } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CHANGED_BY_DECISION, type Decision, decideSaga, type Saga, sagaSteps } from '@/api/sagas';
import { en } from '@/locales/en';
import dialog from '@/ui/Dialog.module.css';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { toast } from '@/ui/toast';
import { useIsPhone } from '@/ui/useIsPhone';
import { consequences, doneText, isGrave, needsReason, titleOf } from './decisions';
import { EMPTY_EVIDENCE, EvidenceFields, isWhole } from './EvidenceFields';

const t = en.sagas.dialog;
const LONGEST = 1000;

interface Props {
  run: Saga;
  action: Decision['action'];
  step?: string;
  onClose: () => void;
}

/** Says what a decision about a run leads to, asks why, and carries it out. */
export function DecideDialog({ run, action, step = '', onClose }: Props) {
  const isPhone = useIsPhone();
  const { data } = useQuery(sagaSteps(run.saga_id));
  const [reason, setReason] = useState('');
  const [evidence, setEvidence] = useState(EMPTY_EVIDENCE);
  const [wasTried, setTried] = useState(false);
  const decide = useDecision(run, onClose);
  const fault = needsReason(action) ? reasonFault(reason) : undefined;
  const isProof = action === 'mark_done';
  const submit = () => {
    setTried(true);
    if (fault || (isProof && !isWhole(evidence))) return;
    decide.mutate({
      action,
      step: step || undefined,
      reason: needsReason(action) ? reason.trim() : undefined,
      evidence: isProof ? evidence : undefined,
    });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={titleOf(action, step)}
      size={560}
      fullScreen={isPhone}
      classNames={{ body: dialog.dialog }}
    >
      <p className={dialog.about}>{t.about(run.definition, run.saga_id)}</p>
      <WillHappen lines={consequences(action, data?.items ?? [], run, step)} />
      <Stack gap={14}>
        {isProof && <EvidenceFields value={evidence} wasTried={wasTried} onChange={setEvidence} />}
        {needsReason(action) && (
          <Textarea
            label={t.reason}
            description={t.reasonHint}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={wasTried ? fault : undefined}
            autosize
            minRows={2}
            maxRows={6}
            required
            withAsterisk={false}
            data-autofocus
          />
        )}
        <ProblemAlert error={decide.error} isFull />
      </Stack>
      <div className={dialog.foot}>
        <Button variant="default" onClick={onClose} disabled={decide.isPending}>
          {action === 'cancel' ? t.keep : en.common.cancel}
        </Button>
        <Button
          color={isGrave(action) ? 'red' : undefined}
          loading={decide.isPending}
          onClick={submit}
        >
          {action === 'cancel' ? t.cancelIt : en.sagas.actions[action]}
        </Button>
      </div>
    </Modal>
  );
}

function reasonFault(reason: string) {
  if (!reason.trim()) return t.reasonNeeded;
  return reason.length > LONGEST ? t.reasonLong : undefined;
}

function WillHappen({ lines }: { lines: string[] }) {
  return (
    <section>
      <h3 className={dialog.heading}>{t.willHappen}</h3>
      <ul className={dialog.sentences}>
        {lines.map((line) => (
          <li key={line} className={dialog.sentence}>
            <span className={dialog.icon}>
              <IconArrowRight size={16} stroke={1.8} aria-hidden="true" />
            </span>
            <span>{line}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function useDecision(run: Saga, onClose: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (decision: Decision) => decideSaga(run.saga_id, decision),
    onSuccess: (after, { action }) => {
      queryClient.setQueryData(['saga', run.saga_id], after);
      toast(doneText(action));
      onClose();
    },
    onSettled: () => {
      for (const key of CHANGED_BY_DECISION) {
        void queryClient.invalidateQueries({ queryKey: [key] });
      }
    },
  });
}
