import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Offer, OfferedBase } from '@/api/connections';
import type { Mirror } from '@/api/mirrors';
import {
  button,
  type Call,
  leave,
  press,
  problem,
  serve,
  show,
  shows,
  until,
} from '@/testing/page';
import { quiet } from '@/testing/quietTraffic';
import { ConnectionsPage } from './ConnectionsPage';

const OFFER = '/api/airtable/connections/con1/bases/app1';
const MIRROR = '/api/airtable/mirrors/app1';
const NOTHING = { tables: [], fields: [] };
const NOTES = { tables: [], fields: ['fldNotes'] };

const whole: Mirror = {
  is_complete: true,
  is_paused: false,
  progress: null,
  hearing: 'asked',
  lag_ms: 3000,
  followed_at: '2026-11-26T11:59:57Z',
  compared_at: '2026-11-26T11:50:00Z',
  drift: 0,
  fault: null,
  made_at: '2026-11-26T11:00:00Z',
};
const field = (id: string, name: string) => ({ id, name, type: 'singleLineText' });
const table = (id: string, name: string, fields: unknown[]) => ({
  id,
  name,
  primaryFieldId: 'fldName',
  fields,
  views: [],
});
const tables = [
  table('tblTasks', 'Tasks', [field('fldName', 'Name'), field('fldNotes', 'Notes')]),
  table('tblPeople', 'People', [field('fldWho', 'Who')]),
];

let offered: OfferedBase;
let state: Mirror;
let refusal: string | undefined;

const list = (items: unknown[]) => ({ items, next_cursor: null });

function answer({ method, path, body }: Call) {
  if (path === '/api/auth/me') return { workspaces: [{ id: 'wsp1', name: 'W', role: 'owner' }] };
  if (path === '/api/airtable/bases') return list([]);
  if (path === '/api/airtable/connections') {
    return list([
      { id: 'con1', name: 'Sales', scopes: null, made_at: whole.made_at, bases: [offered] },
    ]);
  }
  if (path === `${OFFER}/tables`) return list(tables);
  if (path === `${OFFER}/traffic`) return { ...quiet, sent: 12, kept: 3, asked: 1 };
  if (path === OFFER && method === 'PUT') {
    if (refusal) return problem(422, 'Some values are not valid', refusal);
    offered = { ...offered, ...(body as Offer) };
    return offered;
  }
  if (path === MIRROR && method === 'PATCH') state = { ...state, ...(body as Partial<Mirror>) };
  if (path.startsWith(MIRROR)) return state;
  return list([{ id: 'app1', name: 'Launch', permission_level: 'create' }]);
}

beforeEach(() => {
  offered = {
    id: 'app1',
    name: 'Launch',
    access: 'read',
    level: 'create',
    mode: 'mirror',
    hidden: NOTHING,
  };
  state = whole;
  refusal = undefined;
});

afterEach(async () => {
  await leave();
  vi.unstubAllGlobals();
});

async function open() {
  const calls = serve(answer);
  await show(<ConnectionsPage />);
  return () => calls.filter(({ method }) => method !== 'GET').map(({ body }) => body);
}

const input = (value: string) =>
  until(() => document.querySelector<HTMLInputElement>(`tr input[value=${value}]`) ?? undefined);
const tick = (name: string) =>
  until(() => {
    const labels = [...document.querySelectorAll('fieldset label')];
    const label = labels.find(({ textContent }) => textContent === name);
    return label && document.querySelector<HTMLInputElement>(`#${label.getAttribute('for')}`);
  });

it('copies a base that was asked each time', async () => {
  offered = { ...offered, mode: 'proxy' };
  state = { ...whole, is_complete: false, progress: { tables_done: 0, tables: 2, records: 7 } };
  const sent = await open();
  await shows('A copy opens as a grid here');
  await press(await input('mirror'));
  await shows('Copying: table 1 of 2, 7 records');
  await shows('Launch is being copied');
  expect(sent()).toEqual([{ access: 'read', mode: 'mirror' }]);
});

it('tells how far the limit is used, and how much is answered from here', async () => {
  await open();
  await shows('12 of 300 requests to Airtable in the last minute · 75 % of the last hour');
});

it('removes a copy once that is confirmed, and what was hidden stays hidden', async () => {
  offered = { ...offered, hidden: NOTES };
  const sent = await open();
  await shows('1 field hidden');
  await press(await input('proxy'));
  await shows('Airtable is asked each time then.');
  expect(sent()).toEqual([]);
  await press(await button('Remove the copy'));
  await shows('Airtable is asked for Launch each time');
  expect(sent()).toEqual([{ access: 'read', mode: 'proxy' }]);
  await shows('1 field hidden');
});

it('asks before a copy goes with its offer', async () => {
  const sent = await open();
  await press(await input('none'));
  await shows('The base is no longer offered, and its copy goes');
  await press(await button('Cancel'));
  expect(sent()).toEqual([]);
  expect((await input('read')).checked).toBe(true);
});

it('pauses a copy, continues it and has it compared', async () => {
  const sent = await open();
  await shows('In step, 3 seconds behind');
  await press(await button('Pause the copy of Launch'));
  await shows('Paused; last in step 3 seconds ago');
  expect((await button('Compare now: Launch')).disabled).toBe(true);
  await press(await button('Continue the copy of Launch'));
  await shows('The copy of Launch is in step with Airtable');
  await press(await button('Compare now: Launch'));
  await shows('Comparing is about to begin');
  expect(sent()).toEqual([{ is_paused: true }, { is_paused: false }, {}]);
});

it('hides fields and tables, and never what names records', async () => {
  const sent = await open();
  await press(await button('Hide parts of Launch'));
  await press(await tick('Notes'));
  await press(await tick('People'));
  await shows('1 field, 1 table hidden');
  expect((await tick('Name')).disabled).toBe(true);
  expect((await tick('Tasks')).indeterminate).toBe(true);
  expect(await tick('Who')).toMatchObject({ checked: true, disabled: true });
  await press(await button('Save and copy anew'));
  await until(() => !document.querySelector('fieldset'));
  const hidden = { tables: ['tblPeople'], fields: ['fldNotes'] };
  expect(sent()).toEqual([{ access: 'read', hidden }]);
});

it('hides parts of a base that is asked each time', async () => {
  offered = { ...offered, mode: 'proxy' };
  const sent = await open();
  await press(await button('Hide parts of Launch'));
  await shows('neither at /v0 nor over MCP');
  await press(await tick('Notes'));
  await press(await button('Save'));
  await shows('1 field hidden');
  expect(sent()).toEqual([{ access: 'read', hidden: NOTES }]);
});

it('says why parts cannot be hidden, and keeps what was ticked', async () => {
  refusal = 'At least one table must not be hidden';
  await open();
  await press(await button('Hide parts of Launch'));
  await press(await tick('Tasks'));
  await press(await button('Save and copy anew'));
  await shows('At least one table must not be hidden');
  expect((await tick('Tasks')).checked).toBe(true);
});
