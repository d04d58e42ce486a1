import { en } from '@/locales/en';

// Chromium's kin name all their ancestors, so the youngest is looked for first.
const BROWSERS: [string, string][] = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
];
const SYSTEMS: [string, string][] = [
  ['Windows', 'Windows'],
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
];

/** What people would call a client, from what it calls itself. */
export function clientName(client: string) {
  const browser = find(BROWSERS, client);
  const system = find(SYSTEMS, client);
  if (browser && system) return en.settings.clientOn(browser, system);
  return client || en.settings.unknownClient;
}

function find(names: [string, string][], client: string) {
  return names.find(([mark]) => client.includes(mark))?.[1];
}
