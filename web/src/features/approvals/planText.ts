import type { ApprovalPlan, PlannedTable } from '@/api/approvals';
import type { RecordKind } from '@/api/changes';
import { en } from '@/locales/en';

const t = en.approvals;
/** The gravest first; changes are often only the other side of links. */
const KINDS: RecordKind[] = ['deleted', 'created', 'updated'];

/** What a plan does to records, a line for each kind and table. */
export function planLines({ tables }: ApprovalPlan) {
  const hasManyBases = new Set(tables.map(({ base }) => base)).size > 1;
  const place = ({ base, table }: PlannedTable) => (hasManyBases ? `${table} (${base})` : table);
  return KINDS.flatMap((kind) =>
    tables
      .filter((table) => table[kind] > 0)
      .map((table) => ({
        key: `${table.base} ${table.table} ${kind}`,
        kind,
        text: capital(t.kinds[kind](table[kind], place(table))),
      })),
  );
}

function capital(text: string) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

export function leftText(expiresAt: string, now: number) {
  const seconds = Math.floor((new Date(expiresAt).getTime() - now) / 1000);
  if (seconds <= 0) return t.over;
  return t.left(Math.floor(seconds / 60), seconds % 60);
}

export function isOver(expiresAt: string, now: number) {
  return new Date(expiresAt).getTime() <= now;
}
