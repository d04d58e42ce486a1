import { number, plural } from './words';

export const approvals = {
  title: 'Approvals',
  back: 'All approvals',
  calls: 'Assistants that wait for you',
  runs: 'Sagas that wait for you',
  emptyTitle: 'Nothing waits for you',
  emptyText:
    'When an assistant or a saga needs your word, it appears here with exactly what would happen.',
  question: (definition: string) => `Let ${definition} go on?`,
  by: (definition: string, name: string | null) =>
    `${definition} · by ${name ?? 'somebody who is gone'}`,
  until: (time: string) => `until ${time}`,
  asks: (client: string, title: string) => `${client} asks: ${title}`,
  unknownClient: 'An assistant',
  states: {
    pending: 'Waiting',
    approved: 'Approved',
    rejected: 'Rejected',
    used: 'Done',
    expired: 'Expired',
  },
  left: (minutes: number, seconds: number) =>
    minutes > 0 ? `${minutes} min ${seconds} s left` : `${seconds} s left`,
  over: 'The time is over',
  plan: 'What it would do',
  kinds: {
    created: (n: number, table: string) => `make ${plural(n, 'record')} in ${table}`,
    updated: (n: number, table: string) => `change ${plural(n, 'record')} in ${table}`,
    deleted: (n: number, table: string) => `delete ${plural(n, 'record')} in ${table}`,
  },
  nothingPlanned: 'It would change no records.',
  schema: 'Changes to tables and fields',
  irreversible: 'Cannot be undone',
  irreversibleText: 'Look twice: this stays even if you undo the rest.',
  records: 'Records, before and after',
  truncated: (n: number) => `The first ${number(n)} records are shown; the counts above are whole.`,
  missing: 'This request is not here',
  missingText: 'The address may be wrong, or it waits for somebody else.',
  approve: 'Approve',
  reject: 'Reject',
  after: {
    approved: 'Approved',
    approvedText:
      'Go back to your client and let it call again; it may now do exactly this, once, within the time left.',
    rejected: 'Rejected',
    rejectedText: 'Nothing was changed. Your client learns of it when it calls again.',
    used: 'Done',
    usedText: 'Your client has called again and did what you approved. You find it in the history.',
    expired: 'Too late',
    expiredText: 'Nothing was changed. Let your client ask again if you still want this.',
  },
  toHistory: 'Open history',
};
