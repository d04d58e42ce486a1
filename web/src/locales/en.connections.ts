import { number, plural } from './words';

export const connections = {
  title: 'Airtable connections',
  lead: 'Bases that you offer here are reached at /v0 and over MCP, with the address and the keys of this server. Nobody sees the token again.',
  toKeys: 'Create a key',
  add: 'Connect an account',
  emptyTitle: 'No account at Airtable is connected',
  emptyText:
    'Connect one to offer bases that stay at Airtable through this server: members and assistants use them with keys of this server, and never see your token.',
  onlyAdmins: 'Connections are for admins',
  onlyAdminsText: 'Ask an admin or the owner of your workspace to connect an account at Airtable.',
  form: {
    workspace: 'Workspace',
    workspaceHint: 'Its members see the bases that you offer.',
    name: 'Name',
    nameHint: 'What you will know this connection by.',
    namePlaceholder: 'Marketing at Airtable',
    token: 'Personal access token',
    tokenHint: 'Sent to this server once and forgotten by this page.',
    createAt: 'Create one at',
    tokensPage: 'airtable.com/create/tokens',
    newTab: '(opens in a new tab)',
    scopes: 'with access to the bases you mean to offer and these scopes:',
    submit: 'Connect',
    pasteAgain: 'The token was cleared. Paste it again to try once more.',
  },
  scopeUses: {
    'schema.bases:read': 'find bases and read their tables and fields',
    'data.records:read': 'read records',
    'data.records:write': 'create, change and delete records',
    'webhook:manage': 'hear of changes in copied bases within seconds (optional)',
    'user.email:read': 'show whose account it is (optional)',
  },
  connected: (name: string) => `${name} is connected`,
  tokenEnd: (end: string) => `token ends in …${end}`,
  since: (day: string) => `connected ${day}`,
  scopes: 'Scopes',
  scopesUnknown: 'Airtable did not tell the scopes of this token.',
  missing: (n: number) => `The token lacks ${n === 1 ? 'a scope' : `${n} scopes`}`,
  without: (scope: string, use: string) => `Without ${scope} it cannot ${use}.`,
  addScopes: 'Edit the token at Airtable, or connect again with one that has them.',
  remove: 'Remove',
  removeLabel: (name: string) => `Remove ${name}`,
  removeTitle: (name: string) => `Remove “${name}”?`,
  removeText: 'The token is forgotten; nothing changes at Airtable.',
  removeOffered: (n: number) =>
    n === 1
      ? 'The base that it offers can no longer be reached through this server.'
      : `The ${number(n)} bases that it offers can no longer be reached through this server.`,
  removed: (name: string) => `${name} was removed`,
  bases: 'Bases',
  offeredOf: (offered: number, all: number) =>
    `${number(offered)} of ${plural(all, 'base')} offered`,
  asking: 'Asking Airtable for the bases…',
  refresh: 'Ask again',
  refreshLabel: (name: string) => `Ask again for the bases of ${name}`,
  noBasesText: 'Give it access to bases at Airtable, then ask again.',
  notAsked: 'These were offered before:',
  find: 'Find a base',
  nothingFound: 'No base has that in its name.',
  showAll: (n: number) => `Show all ${number(n)}`,
  columns: { base: 'Base', level: 'Level at Airtable', offered: 'Offered here' },
  levels: { read: 'Read only', comment: 'Commenter', edit: 'Editor', create: 'Creator' },
  outOfReach: 'Not reached by the token any more',
  choices: { none: 'Not offered', read: 'Read', write: 'Read and write' },
  choiceLabel: (base: string) => `How ${base} is offered`,
  noWrite: 'The token may not write here.',
  traffic: {
    sent: (n: number, most: number) =>
      n === 0
        ? 'No request to Airtable in the last minute'
        : `${number(n)} of ${number(most)} requests to Airtable in the last minute`,
    shut: (seconds: number) => `Airtable takes none for ${number(seconds)} s`,
    waiting: (n: number) => `${plural(n, 'request')} ${n === 1 ? 'waits' : 'wait'}`,
    longest: (ms: number) => `longest wait ${(ms / 1000).toFixed(1)} s`,
    kept: (percent: number) => `${percent} % of the last hour's questions answered from here`,
  },
  now: {
    none: (base: string) => `${base} is no longer offered`,
    read: (base: string) => `${base} is offered for reading`,
    write: (base: string) => `${base} is offered for reading and writing`,
  },
};
