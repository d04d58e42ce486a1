import { Button } from '@mantine/core';
import { IconArrowBackUp, IconCheck, IconDownload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CHANGED_BY_UNDO, undoChange } from '@/api/changes';
import { en } from '@/locales/en';
import { downloadText } from '@/ui/downloadText';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { toast } from '@/ui/toast';
import { writeCsv } from './csv';
import classes from './Import.module.css';
import type { RefusedRow } from './importRows';
import type { Importing } from './useImport';

const t = en.import;
const SHOWN = 50;

interface Props {
  state: Importing;
  name: string;
  header: string[];
  /** The table that was made for it. */
  made?: { baseId: string; tableId: string };
  onClose: () => void;
}

/** What an import made, what it refused and why. */
export function ImportResult({ state, name, header, made, onClose }: Props) {
  const { outcome, total } = state;
  const { refused, change } = outcome;
  const queryClient = useQueryClient();
  const undo = useMutation({
    mutationFn: (id: string) => undoChange(id, {}),
    onSuccess: ({ totals }) => {
      for (const key of CHANGED_BY_UNDO) void queryClient.invalidateQueries({ queryKey: [key] });
      const left = totals.conflict + totals.irreversible;
      const whole = made ? t.undoneTable : en.grid.undone;
      toast(left > 0 ? en.grid.undoneInPart(totals.restored, left) : whole);
      onClose();
    },
  });
  const isWhole = outcome.done >= total;
  return (
    <>
      <p className={classes.verdict} role="status">
        <IconCheck size={20} />
        <strong>
          {isWhole ? t.done(outcome.made) : t.cancelled(outcome.made, total - outcome.done)}
        </strong>
        {refused.length > 0 && <span>{t.refused(refused.length)}</span>}
      </p>
      <ProblemAlert error={undo.error} isFull />
      {refused.length > 0 && <Refused rows={refused} />}
      <div className={classes.foot}>
        {refused.length > 0 && (
          <Button
            variant="subtle"
            leftSection={<IconDownload size={16} />}
            onClick={() => downloadText(t.refusedFile(name), refusedCsv(header, refused))}
          >
            {t.download}
          </Button>
        )}
        {change && outcome.made > 0 && (
          <Button
            variant="subtle"
            leftSection={<IconArrowBackUp size={16} />}
            loading={undo.isPending}
            onClick={() => undo.mutate(change)}
          >
            {t.undo}
          </Button>
        )}
        {change && (
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link to="/history/$changeId" params={{ changeId: change }} {...props} />
            )}
          >
            {t.toHistory}
          </Button>
        )}
        {made ? (
          <Button
            renderRoot={(props) => (
              <Link to="/bases/$baseId/$tableId" params={made} search={{}} {...props} />
            )}
            onClick={onClose}
          >
            {t.openTable}
          </Button>
        ) : (
          <Button onClick={onClose}>{en.common.close}</Button>
        )}
      </div>
    </>
  );
}

function Refused({ rows }: { rows: RefusedRow[] }) {
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is longer than its frame is scrolled with the keys */}
      <section className={classes.preview} aria-label={t.refused(rows.length)} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.row}</th>
              <th scope="col">{t.reason}</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, SHOWN).map(({ number, reason }) => (
              <tr key={number}>
                <td className="num">{number.toLocaleString('en-US')}</td>
                <td className={classes.reason}>{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > SHOWN && <p className={classes.hint}>{t.firstRefused(SHOWN)}</p>}
    </>
  );
}

/** The rows as they came, to be corrected and imported again, with their places and reasons before them. */
export function refusedCsv(header: string[], rows: RefusedRow[]) {
  const lines = rows.map(({ number, reason, cells }) => [String(number), reason, ...cells]);
  return writeCsv([[t.row, t.reason, ...header], ...lines]);
}
