import type { Access, BaseLevel, OfferedBase, ReachedBase } from '@/api/connections';

export type Choice = Access | 'none';

export interface BaseRow {
  id: string;
  name: string;
  level: BaseLevel;
  choice: Choice;
  /** `false` where it is offered, and the token no longer reaches it. */
  isReached: boolean;
}

/** By name alone: a row that moved as it is chosen would take the focus along. */
export function toRows(offered: OfferedBase[], reached: ReachedBase[] | undefined): BaseRow[] {
  const access = new Map(offered.map((base) => [base.id, base.access]));
  const found = (reached ?? []).map(({ id, name, permission_level }) => ({
    id,
    name,
    level: permission_level,
    choice: access.get(id) ?? ('none' as const),
    isReached: true,
  }));
  const ids = new Set(found.map(({ id }) => id));
  const lost = offered
    .filter(({ id }) => !ids.has(id))
    .map((base) => ({ ...base, choice: base.access, isReached: reached === undefined }));
  return [...found, ...lost].sort((a, b) => a.name.localeCompare(b.name));
}

export const mayWrite = ({ level }: BaseRow) => level !== 'read' && level !== 'comment';

export function matching(rows: BaseRow[], text: string) {
  const wanted = text.trim().toLowerCase();
  return rows.filter(({ name }) => name.toLowerCase().includes(wanted));
}
