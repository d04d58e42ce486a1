import { expect, it } from 'vitest';
import type { OfferedBase, ReachedBase } from '@/api/connections';
import { matching, mayWrite, toRows } from './rows';

const reached: ReachedBase[] = [
  { id: 'app2', name: 'Orders', permission_level: 'comment' },
  { id: 'app1', name: 'Launch', permission_level: 'create' },
];
const offered: OfferedBase[] = [
  { id: 'app1', name: 'Launch', access: 'read', level: 'create' },
  { id: 'app3', name: 'Archive', access: 'write', level: 'edit' },
];

it('puts together what the token reaches and what is offered, by name', () => {
  const rows = toRows(offered, reached);
  expect(rows.map(({ name, choice, isReached }) => [name, choice, isReached])).toEqual([
    ['Archive', 'write', false],
    ['Launch', 'read', true],
    ['Orders', 'none', true],
  ]);
  expect(rows.map(mayWrite)).toEqual([true, true, false]);
});

it('calls no base out of reach before Airtable has answered', () => {
  expect(toRows(offered, undefined).every(({ isReached }) => isReached)).toBe(true);
});

it('finds bases by a part of their name', () => {
  expect(matching(toRows(offered, reached), ' LAU').map(({ id }) => id)).toEqual(['app1']);
});
