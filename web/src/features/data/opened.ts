import type { Base, BaseSummary } from '@/api/types';

/** A base with what its entry in the list adds. */
export interface OpenBase extends Base {
  /** It lies at Airtable: records are changed there by way of this server, everything else there alone. */
  isCopy: boolean;
}

/** What is offered of a base at Airtable, and what its token may do, the list alone tells. */
export function opened(base: Base, listed: BaseSummary | undefined): OpenBase {
  if (listed?.source !== 'mirror') return { ...base, isCopy: false };
  const mayWrite = ['edit', 'create'].includes(listed.permission_level);
  return { ...base, isCopy: true, permission_level: mayWrite ? 'edit' : 'read' };
}
