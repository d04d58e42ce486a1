import { number, plural } from './words';

const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
] as const;

/** A stretch of time in its largest unit. */
function stretch(ms: number) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [size, unit] = UNITS.find(([size]) => seconds >= size) ?? [1, 'second'];
  return plural(Math.floor(seconds / size), unit);
}

const parts = (fields: number, tables: number) =>
  [fields > 0 && plural(fields, 'field'), tables > 0 && plural(tables, 'table')]
    .filter(Boolean)
    .join(', ');

export const copies = {
  modes: { proxy: 'Asked each time', mirror: 'Copied here' },
  modeLabel: (base: string) => `How ${base} is read`,
  about: 'A copy opens as a grid here, and can be searched and queried.',
  now: {
    proxy: (base: string) => `Airtable is asked for ${base} each time`,
    mirror: (base: string) => `${base} is being copied`,
  },
  end: 'Remove the copy',
  endTitle: (base: string) => `Remove the copy of ${base}?`,
  endText: 'Airtable is asked each time then. The copy goes; nothing changes at Airtable.',
  endOffer: 'The base is no longer offered, and its copy goes; nothing changes at Airtable.',
  endForgets: 'What is hidden has to be chosen anew when it is offered again.',
  state: {
    begins: 'Copying is about to begin',
    copying: (table: number, tables: number, records: number) =>
      `Copying: table ${number(table)} of ${number(tables)}, ${plural(records, 'record')}`,
    comparisonBegins: 'Comparing is about to begin',
    comparing: (table: number, tables: number, records: number) =>
      `Comparing: table ${number(table)} of ${number(tables)}, ${plural(records, 'record')}`,
    inStep: (ms: number) => (ms < 1000 ? 'In step' : `In step, ${stretch(ms)} behind`),
    inStepTold: (ms: number) =>
      ms < 60_000 ? 'In step' : `In step; Airtable was last asked ${stretch(ms)} ago`,
    behind: (ms: number) => `${stretch(ms)} behind`,
    catchingUp: 'Catching up with Airtable',
    paused: 'Paused',
    pausedSince: (ms: number) => `Paused; last in step ${stretch(ms)} ago`,
    failed: (reason: string) => `It did not work and is tried again: ${reason}`,
    unknown: 'How the copy stands cannot be told right now.',
  },
  phases: {
    copying: (base: string) => `${base} is being copied`,
    comparing: (base: string) => `${base} is being compared with Airtable`,
    inStep: (base: string) => `The copy of ${base} is in step with Airtable`,
    behind: (base: string) => `The copy of ${base} is behind Airtable`,
    paused: (base: string) => `The copy of ${base} is paused`,
    failed: (base: string) => `Copying ${base} did not work and is tried again`,
  },
  hearing: {
    notified: 'Airtable tells of changes by itself.',
    asked: 'Airtable notes changes, and is asked for them every few seconds.',
    looked:
      'Airtable notes no changes for this token: new and changed records are looked for every half minute, deletions by comparing.',
  },
  compared: (when: string, drift: number) =>
    drift === 0
      ? `Compared ${when}: no record differed.`
      : `Compared ${when}: ${plural(drift, 'record')} differed and ${drift === 1 ? 'was' : 'were'} mended.`,
  pause: 'Pause',
  pauseLabel: (base: string) => `Pause the copy of ${base}`,
  goOn: 'Continue',
  goOnLabel: (base: string) => `Continue the copy of ${base}`,
  compare: 'Compare now',
  compareLabel: (base: string) => `Compare now: ${base}`,
  hide: 'Hide parts…',
  hideLabel: (base: string) => `Hide parts of ${base}`,
  hidden: (fields: number, tables: number) => `${parts(fields, tables)} hidden`,
  hideAbout: {
    mirror:
      'What you tick is not copied, so that nobody finds it through this server: not in the grid, not at /v0 and not over MCP.',
    proxy:
      'What you tick nobody finds through this server, neither at /v0 nor over MCP. Views, comments and webhooks of the base, which may tell of it, are not reached then.',
  },
  hideFollows: 'Links to hidden tables and what is computed from something hidden are hidden too.',
  hideLegend: 'Hidden',
  primary: 'It names the records, so it is hidden with the table alone.',
  fieldsOf: (table: string) => `Fields of ${table}`,
  nothingHidden: 'Nothing is hidden',
  hideSave: { mirror: 'Save and copy anew', proxy: 'Save' },
  hideSaveHint: {
    mirror: 'Until it is copied anew, the base cannot be opened here.',
    proxy: 'It holds from the next request on.',
  },
  hideSaved: (base: string) => `What is hidden of ${base} was changed`,
};
