import { expect, it } from 'vitest';
import type { Field } from '@/api/types';
import { toWire } from './wire';

const OWNER: Field = { id: 'fld1', name: 'Owner', type: 'singleCollaborator' };
const TEAM: Field = { id: 'fld2', name: 'Team', type: 'multipleCollaborators' };
const ada = { id: 'usr1', name: 'Ada', email: 'ada@example.com' };
/** As a member here is given to a base at Airtable, where the id is another. */
const kofi = { id: '', name: 'Kofi', email: 'kofi@example.com' };

it('sends people by their id, and by their address where they have none', () => {
  expect(toWire(OWNER, ada)).toEqual({ id: 'usr1' });
  expect(toWire(OWNER, kofi)).toEqual({ email: 'kofi@example.com' });
  expect(toWire(TEAM, [ada, kofi])).toEqual([{ id: 'usr1' }, { email: 'kofi@example.com' }]);
});
