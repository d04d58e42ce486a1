import { en } from '@/locales/en';

export type Scope = keyof typeof en.connections.scopeUses;

/** What a token should have, in the order in which it is needed. */
export const SCOPES = Object.keys(en.connections.scopeUses) as Scope[];

/** Without these, bases cannot be offered for reading and writing. */
const NEEDED: Scope[] = ['schema.bases:read', 'data.records:read', 'data.records:write'];

/** Nothing is said to be missing where Airtable did not tell what there is. */
export function missingScopes(scopes: string[] | null) {
  return scopes ? NEEDED.filter((scope) => !scopes.includes(scope)) : [];
}
