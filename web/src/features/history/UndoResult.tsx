import { Button } from '@mantine/core';
import { IconCheck, IconDownload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Outcome, UndoReport } from '@/api/changes';
import { en } from '@/locales/en';
import { number } from '@/locales/words';
import dialog from '@/ui/Dialog.module.css';
import { downloadText } from '@/ui/downloadText';
import { Causes } from './ConflictList';
import { reportCsv } from './report';
import classes from './UndoDialog.module.css';

const t = en.undo;
const MOST = 100;
const OUTCOMES: Outcome[] = ['restored', 'conflict', 'irreversible', 'already'];

export function UndoResult({ report, onClose }: { report: UndoReport; onClose: () => void }) {
  const { totals, records, undo } = report;
  const left = totals.conflict + totals.irreversible + report.failed.length;
  const title = undo ? (left > 0 ? t.donePartTitle : t.doneTitle) : t.doneNothingTitle;
  const download = () => downloadText(t.fileName(report.change_set), reportCsv(report));
  return (
    <div className={classes.steps}>
      <div className={classes.verdict} data-partial={left > 0 || undo === null} role="status">
        <IconCheck size={20} className={classes.icon} />
        <strong>{title}</strong>
      </div>
      <dl className={classes.totals}>
        {OUTCOMES.filter((outcome) => totals[outcome] > 0).map((outcome) => (
          <div key={outcome} className={classes.total}>
            <dt>{t.outcomes[outcome]}</dt>
            <dd>{number(totals[outcome])}</dd>
          </div>
        ))}
      </dl>
      {report.failed.map((each) => (
        <p key={each.base_id} className={dialog.hint}>
          {each.base}: {each.reason}
        </p>
      ))}
      <Outcomes report={report} />
      {records.length > MOST && (
        <p className={dialog.hint}>{t.reportMore(records.length - MOST)}</p>
      )}
      <div className={dialog.foot}>
        <Button
          variant="subtle"
          leftSection={<IconDownload size={16} />}
          onClick={download}
          className={classes.leading}
        >
          {t.download}
        </Button>
        {undo && (
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link to="/history/$changeId" params={{ changeId: undo }} {...props} />
            )}
            onClick={onClose}
          >
            {t.seeUndo}
          </Button>
        )}
        <Button onClick={onClose} data-autofocus>
          {en.common.close}
        </Button>
      </div>
    </div>
  );
}

function Outcomes({ report }: { report: UndoReport }) {
  const order = (outcome: Outcome) =>
    ['conflict', 'irreversible', 'restored', 'already'].indexOf(outcome);
  const records = [...report.records].sort((a, b) => order(a.outcome) - order(b.outcome));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={classes.outcomes} tabIndex={0} aria-label={t.report}>
      <ul className={classes.plain}>
        {records.slice(0, MOST).map((record) => (
          <li key={`${record.table_id} ${record.record_id}`} className={classes.outcome}>
            <div className={classes.outcomeLine}>
              <span className={classes.outcomeName}>
                {record.name || en.data.unnamed}{' '}
                <span className={classes.dim}>{en.diff.inTable(record.table)}</span>
              </span>
              <span className={classes.badge} data-outcome={record.outcome}>
                {t.outcomes[record.outcome]}
              </span>
            </div>
            {record.outcome !== 'already' && <Causes record={record} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
