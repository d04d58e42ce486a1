import { Button, Radio, Stack } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconCheck,
  IconPencil,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react';
import type { Dispatch, ReactNode } from 'react';
import type { UndoReport } from '@/api/changes';
import { en } from '@/locales/en';
import dialog from '@/ui/Dialog.module.css';
import { Notice } from '@/ui/Notice';
import { ConflictList } from './ConflictList';
import { PickRecords } from './PickRecords';
import { incomplete, planSentences, withOutcome } from './report';
import classes from './UndoDialog.module.css';
import {
  type Choice,
  canRun,
  pickable,
  type UndoAction,
  type UndoState,
  willRestore,
} from './undoChoice';

const t = en.undo;
/** What an undo does to a record, by what the change had done. */
const ICONS = { created: IconTrash, updated: IconPencil, deleted: IconPlus };

interface Props {
  plan: UndoReport;
  state: UndoState;
  dispatch: Dispatch<UndoAction>;
  mayForce: boolean;
  isRedo: boolean;
  isRunning: boolean;
  onRun: () => void;
  onClose: () => void;
}

export function UndoPlan(props: Props) {
  const { plan, state, isRedo, isRunning, onRun, onClose } = props;
  const Arrow = isRedo ? IconArrowForwardUp : IconArrowBackUp;
  const isNothing = pickable(plan).length === 0;
  return (
    <div className={classes.steps}>
      <WillHappen plan={plan} isNothing={isNothing} />
      <Limits plan={plan} />
      {!isNothing && <Choices {...props} />}
      <div className={dialog.foot}>
        <Button variant="default" onClick={onClose} disabled={isRunning}>
          {isNothing ? en.common.close : en.common.cancel}
        </Button>
        {!isNothing && (
          <Button
            leftSection={<Arrow size={17} />}
            color={state.choice === 'all' ? 'red' : undefined}
            disabled={!canRun(state, plan)}
            loading={isRunning}
            onClick={onRun}
            data-autofocus
          >
            {t.run(isRedo ? t.redo : t.undo, willRestore(state, plan))}
          </Button>
        )}
      </div>
    </div>
  );
}

function WillHappen({ plan, isNothing }: { plan: UndoReport; isNothing: boolean }) {
  const sentences = planSentences(plan);
  return (
    <section>
      <h3 className={dialog.heading}>{isNothing ? t.nothing : t.willHappen}</h3>
      <ul className={dialog.sentences}>
        {sentences.map(({ kind, text }) => {
          const KindIcon = ICONS[kind];
          return (
            <Sentence key={kind} icon={<KindIcon size={16} stroke={1.8} />}>
              {text}
            </Sentence>
          );
        })}
        {plan.totals.already > 0 && (
          <Sentence icon={<IconCheck size={16} stroke={1.8} />}>
            {t.already(plan.totals.already)}
          </Sentence>
        )}
        {isNothing && plan.totals.already === 0 && <li>{t.nothingText}</li>}
      </ul>
    </section>
  );
}

function Sentence({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <li className={dialog.sentence}>
      <span className={classes.icon}>{icon}</span>
      <span>{children}</span>
    </li>
  );
}

function Limits({ plan }: { plan: UndoReport }) {
  const conflicts = withOutcome(plan, 'conflict');
  const partial = incomplete(plan);
  const lost = plan.totals.irreversible;
  return (
    <>
      {conflicts.length > 0 && (
        <section>
          <h3 className={dialog.heading}>{t.conflictsTitle(conflicts.length)}</h3>
          <p className={dialog.hint}>{t.conflictsText}</p>
          <ConflictList records={conflicts} />
        </section>
      )}
      {partial.length > 0 && (
        <section>
          <h3 className={dialog.heading}>{t.losesTitle}</h3>
          <ConflictList records={partial} />
        </section>
      )}
      <Warnings
        title={t.irreversibleTitle}
        lines={[...plan.irreversible, ...(lost > 0 ? [t.irreversibleRecords(lost)] : [])]}
      />
      <Warnings
        title={t.failedTitle}
        lines={plan.failed.map((each) => `${each.base}: ${each.reason}`)}
      />
    </>
  );
}

function Warnings({ title, lines }: { title: string; lines: string[] }) {
  if (lines.length === 0) return null;
  return (
    <Notice tone="warning" icon={IconAlertTriangle} title={title}>
      <ul className={classes.plain}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </Notice>
  );
}

function Choices({ plan, state, dispatch, mayForce }: Props) {
  const hasConflicts = plan.totals.conflict > 0;
  if (pickable(plan).length < 2 && !(hasConflicts && mayForce)) return null;
  return (
    <section>
      <Radio.Group
        label={t.choose}
        value={state.choice}
        onChange={(choice) => dispatch({ type: 'choose', choice: choice as Choice })}
      >
        <Stack gap={8} mt={6}>
          <Option
            choice="free"
            label={hasConflicts ? t.free : t.everything}
            hint={hasConflicts ? t.freeText : t.everythingText}
          />
          {hasConflicts && mayForce && <Option choice="all" label={t.all} hint={t.allText} />}
          {pickable(plan).length > 1 && <Option choice="pick" label={t.pick} hint={t.pickText} />}
        </Stack>
      </Radio.Group>
      {state.choice === 'pick' && (
        <PickRecords
          records={pickable(plan)}
          state={state}
          dispatch={dispatch}
          mayForce={mayForce && hasConflicts}
        />
      )}
    </section>
  );
}

function Option({ choice, label, hint }: { choice: Choice; label: string; hint: string }) {
  return (
    <Radio value={choice} label={label} description={hint} classNames={{ label: classes.option }} />
  );
}
