import type {
  Access,
  BaseLevel,
  Hidden,
  Offer,
  OfferedBase,
  OfferMode,
  ReachedBase,
} from '@/api/connections';

export type Choice = Access | 'none';

/** How a base shall be offered; `null` is not at all. */
export type Wanted = Offer | null;

export interface BaseRow {
  id: string;
  name: string;
  level: BaseLevel;
  choice: Choice;
  mode: OfferMode;
  hidden: Hidden;
  /** `false` where it is offered, and the token no longer reaches it. */
  isReached: boolean;
}

const NOTHING: Hidden = { tables: [], fields: [] };

const NOT_OFFERED = { choice: 'none', mode: 'proxy', hidden: NOTHING } as const;

/** By name alone: a row that moved as it is chosen would take the focus along. */
export function toRows(offered: OfferedBase[], reached: ReachedBase[] | undefined): BaseRow[] {
  const known = new Map(offered.map((base) => [base.id, base]));
  const found = (reached ?? []).map(({ id, name, permission_level }) => ({
    id,
    name,
    level: permission_level,
    ...offerOf(known.get(id)),
    isReached: true,
  }));
  const ids = new Set(found.map(({ id }) => id));
  const lost = offered
    .filter(({ id }) => !ids.has(id))
    .map((base) => ({ ...base, ...offerOf(base), isReached: reached === undefined }));
  return [...found, ...lost].sort((a, b) => a.name.localeCompare(b.name));
}

function offerOf(base: OfferedBase | undefined) {
  if (!base) return NOT_OFFERED;
  return { choice: base.access, mode: base.mode, hidden: base.hidden };
}

/** The row as it is once the server has done what is wanted. */
export function withOffer(row: BaseRow, wanted: Wanted): BaseRow {
  if (!wanted) return { ...row, ...NOT_OFFERED };
  const { access, mode = row.mode, hidden = row.hidden } = wanted;
  return { ...row, choice: access, mode, hidden };
}

export const endsCopy = ({ mode }: BaseRow, wanted: Wanted) =>
  mode === 'mirror' && (wanted === null || wanted.mode === 'proxy');

export const mayWrite = ({ level }: BaseRow) => level !== 'read' && level !== 'comment';

export const hidesSomething = ({ hidden }: BaseRow) =>
  hidden.tables.length + hidden.fields.length > 0;

export function matching(rows: BaseRow[], text: string) {
  const wanted = text.trim().toLowerCase();
  return rows.filter(({ name }) => name.toLowerCase().includes(wanted));
}
