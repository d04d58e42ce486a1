import { expect, it } from 'vitest';
import type { OfferedBase, ReachedBase } from '@/api/connections';
import { endsCopy, matching, mayWrite, toRows, withOffer } from './rows';

const reached: ReachedBase[] = [
  { id: 'app2', name: 'Orders', permission_level: 'comment' },
  { id: 'app1', name: 'Launch', permission_level: 'create' },
];
const hidden = { tables: [], fields: ['fld1'] };
const nothing = { tables: [], fields: [] };
const offered: OfferedBase[] = [
  { id: 'app1', name: 'Launch', access: 'read', level: 'create', mode: 'proxy', hidden: nothing },
  { id: 'app3', name: 'Archive', access: 'write', level: 'edit', mode: 'mirror', hidden },
];

it('puts together what the token reaches and what is offered, by name', () => {
  const rows = toRows(offered, reached);
  expect(rows.map(({ name, choice, isReached }) => [name, choice, isReached])).toEqual([
    ['Archive', 'write', false],
    ['Launch', 'read', true],
    ['Orders', 'none', true],
  ]);
  expect(rows.map(mayWrite)).toEqual([true, true, false]);
  expect(rows.map((row) => [row.mode, row.hidden])).toEqual([
    ['mirror', hidden],
    ['proxy', nothing],
    ['proxy', nothing],
  ]);
});

it('leaves as it is what a change does not name', () => {
  const [archive, launch] = toRows(offered, reached);
  if (!archive || !launch) throw new Error('Two are offered');
  expect(withOffer(archive, { access: 'read' })).toEqual({ ...archive, choice: 'read' });
  expect(withOffer(launch, { access: 'read', mode: 'mirror' })).toEqual({
    ...launch,
    mode: 'mirror',
  });
  expect(withOffer(archive, null)).toMatchObject({
    choice: 'none',
    mode: 'proxy',
    hidden: nothing,
  });
});

it('knows what ends a copy', () => {
  const [archive, launch] = toRows(offered, reached);
  if (!archive || !launch) throw new Error('Two are offered');
  expect(endsCopy(archive, null)).toBe(true);
  expect(endsCopy(archive, { access: 'write', mode: 'proxy' })).toBe(true);
  expect(endsCopy(archive, { access: 'read' })).toBe(false);
  expect(endsCopy(launch, null)).toBe(false);
});

it('calls no base out of reach before Airtable has answered', () => {
  expect(toRows(offered, undefined).every(({ isReached }) => isReached)).toBe(true);
});

it('finds bases by a part of their name', () => {
  expect(matching(toRows(offered, reached), ' LAU').map(({ id }) => id)).toEqual(['app1']);
});
