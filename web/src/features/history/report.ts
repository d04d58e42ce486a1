import type { Conflict, Outcome, RecordKind, RevertedRecord, UndoReport } from '@/api/changes';
import { en } from '@/locales/en';
import { formatCell } from '@/ui/cells/formatCell';
import { shown } from '@/ui/diff/shown';

const t = en.undo;
const KINDS: RecordKind[] = ['deleted', 'updated', 'created'];
const NAMED_TABLES = 2;

/** What an undo does to the records, a sentence for each kind of change. */
export function planSentences(plan: UndoReport): { kind: RecordKind; text: string }[] {
  return KINDS.flatMap((kind) => {
    const records = plan.records.filter(
      (record) => record.kind === kind && record.outcome === 'restored',
    );
    if (records.length === 0) return [];
    return [{ kind, text: t.kinds[kind](records.length, place(records)) }];
  });
}

function place(records: RevertedRecord[]) {
  const names = [...new Set(records.map((record) => record.table))];
  return names.length <= NAMED_TABLES ? en.history.series(names) : en.history.tables(names.length);
}

export function withOutcome(report: UndoReport, outcome: Outcome) {
  return report.records.filter((record) => record.outcome === outcome);
}

/** Records that come back, but not quite as they were. */
export function incomplete(report: UndoReport) {
  return withOutcome(report, 'restored').filter((record) => (record.conflicts ?? []).length > 0);
}

export function conflictText({ code, field }: Conflict) {
  switch (code) {
    case 'changed_since':
      return field ? t.conflicts.changed_since(field) : t.conflicts.record_changed;
    case 'record_deleted':
      return t.conflicts.record_deleted;
    case 'record_exists':
      return t.conflicts.record_exists;
    case 'linked_record_deleted':
      return t.conflicts.linked_record_deleted(field ?? '');
    case 'choice_removed':
      return t.conflicts.choice_removed(field ?? '');
    default:
      return t.conflicts.other;
  }
}

export function valueText(value: unknown) {
  const { field, value: plain, names } = shown(undefined, value);
  return formatCell(field, plain, names);
}

/** A line for each record, and for each of its conflicts where it has several. */
export function reportCsv(report: UndoReport) {
  const lines = report.records.flatMap((record) => {
    const conflicts: (Conflict | undefined)[] = record.conflicts?.length
      ? record.conflicts
      : [undefined];
    return conflicts.map((conflict) => csvRow(record, conflict));
  });
  return [t.csv, ...lines].map((line) => line.map(quoted).join(',')).join('\r\n');
}

function csvRow(record: RevertedRecord, conflict: Conflict | undefined) {
  return [
    record.base_id,
    record.table,
    record.record_id,
    record.new_record_id ?? '',
    record.name,
    record.kind,
    record.outcome,
    conflict?.code ?? '',
    conflict?.field ?? '',
    conflict ? valueText(conflict.before) : '',
    conflict ? valueText(conflict.current) : '',
    conflict?.by ?? '',
    conflict?.at ?? '',
  ];
}

/** Spreadsheets run cells that begin like a formula; a quote before them makes them text. */
function quoted(text: string) {
  const isFormula = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text));
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
