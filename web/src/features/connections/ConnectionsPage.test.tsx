import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Connection, Offer, OfferedBase, ReachedBase } from '@/api/connections';
import type { Role } from '@/api/types';
import {
  button,
  type Call,
  field,
  leave,
  press,
  problem,
  serve,
  show,
  shows,
  type,
  until,
} from '@/testing/page';
import { quiet } from '@/testing/quietTraffic';
import { ConnectionsPage } from './ConnectionsPage';

const TOKEN = 'patSecretSecret.abcd';
const ROOT = '/api/airtable/connections';

const marketing: Connection = {
  id: 'con1',
  workspace_id: 'wsp1',
  name: 'Marketing',
  token_end: 'abcd',
  account: 'usr1',
  email: 'ines@example.com',
  scopes: ['data.records:read', 'data.records:write', 'schema.bases:read'],
  made_at: '2026-11-20T10:00:00Z',
  bases: [],
};
const launch: ReachedBase = { id: 'app1', name: 'Launch', permission_level: 'create' };
const offered: OfferedBase = {
  id: 'app1',
  name: 'Launch',
  access: 'read',
  level: 'create',
  mode: 'proxy',
  hidden: { tables: [], fields: [] },
};

let kept: Connection[];
let reached: () => unknown;
let role: Role;
let workspaces: string[];
/** Answers instead of what follows. */
let refuse: (call: Call) => Response | Promise<Response> | undefined;

const list = (items: unknown[]) => ({ items, next_cursor: null });

function answer(call: Call) {
  const { method, path, body } = call;
  const refused = refuse(call);
  if (refused) return refused;
  if (path === '/api/auth/me') {
    const places = workspaces.map((id) => ({ id, name: `Workspace ${id}`, role }));
    return { user: { id: 'usr9' }, workspaces: places };
  }
  if (path === '/api/airtable/bases') return list([]);
  if (path === ROOT && method === 'POST') {
    const { name, workspace_id } = body as Connection;
    const made = { ...marketing, id: 'con2', name, workspace_id };
    kept = [...kept, made];
    return made;
  }
  if (path === ROOT) return list(kept);
  if (path.endsWith('/bases')) return reached();
  if (path.endsWith('/traffic')) return quiet;
  return offer(call);
}

function offer({ method, path, body }: Call) {
  if (path === `${ROOT}/con1` && method === 'DELETE') {
    kept = [];
    return 204;
  }
  const found = path.match(/\/bases\/(.*)$/)?.[1] === launch.id;
  if (!found) throw new Error(`${method} ${path} was not expected`);
  const bases = method === 'PUT' ? [{ ...offered, ...(body as Offer) }] : [];
  kept = kept.map((item) => ({ ...item, bases }));
  return bases[0] ?? 204;
}

beforeEach(() => {
  kept = [];
  reached = () => list([launch]);
  role = 'admin';
  workspaces = ['wsp1'];
  refuse = () => undefined;
  localStorage.clear();
  sessionStorage.clear();
});

afterEach(async () => {
  await leave();
  vi.unstubAllGlobals();
});

async function fillAndSend() {
  await press(await button('Connect an account'));
  await type(await field('Name'), ' Sales ');
  await type(await field('Personal access token'), `${TOKEN}\n`);
  await press(await button('Connect'));
}

const choice = (value: string) =>
  until(() => document.querySelector<HTMLInputElement>(`tr input[value=${value}]`) ?? undefined);
const status = () => document.querySelector('td [role=status]')?.textContent;
const changes = (calls: Call[]) =>
  calls.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);

it('connects an account and keeps the token nowhere', async () => {
  const calls = serve(answer);
  const { queryClient } = await show(<ConnectionsPage />);
  await fillAndSend();
  await shows('token ends in …abcd');
  expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({
    workspace_id: 'wsp1',
    name: 'Sales',
    token: TOKEN,
  });
  expect(document.activeElement?.textContent).toBe('Sales');
  await press(await button('Connect an account'));
  expect((await field('Personal access token')).value).toBe('');
  const mutations = queryClient
    .getMutationCache()
    .getAll()
    .map(({ state }) => state);
  const queries = queryClient
    .getQueryCache()
    .getAll()
    .map(({ state }) => state);
  expect(mutations.length).toBeGreaterThan(0);
  const left = [mutations, queries, { ...localStorage }, { ...sessionStorage }];
  expect(JSON.stringify(left)).not.toContain(TOKEN);
  expect(document.documentElement.outerHTML).not.toContain(TOKEN);
});

it('says why a token is refused, clears it and goes back to its field', async () => {
  refuse = ({ method }) =>
    method === 'POST'
      ? problem(422, 'Invalid request', 'Airtable does not accept this token')
      : undefined;
  serve(answer);
  await show(<ConnectionsPage />);
  await fillAndSend();
  await shows('Airtable does not accept this token');
  const token = await field('Personal access token');
  expect(token.value).toBe('');
  expect(token.type).toBe('password');
  expect(document.activeElement).toBe(token);
  expect((await field('Name')).value).toBe(' Sales ');
});

it('asks for the workspace where there are several', async () => {
  workspaces = ['wsp1', 'wsp2'];
  const calls = serve(answer);
  await show(<ConnectionsPage />);
  await press(await button('Connect an account'));
  expect((await field('Workspace')).value).toBe('Workspace wsp1');
  await press(await button('Connect'));
  await shows('Please fill this in.');
  expect(changes(calls)).toEqual([]);
});

it('offers a base, changes how and withdraws it', async () => {
  kept = [marketing];
  const calls = serve(answer);
  await show(<ConnectionsPage />);
  await press(await choice('read'));
  await until(() => status() === 'Launch is offered for reading');
  await press(await choice('write'));
  await until(() => status() === 'Launch is offered for reading and writing');
  await shows('1 of 1 base offered');
  await press(await choice('none'));
  await until(() => status() === 'Launch is no longer offered');
  await shows('0 of 1 base offered');
  const path = `${ROOT}/con1/bases/app1`;
  expect(changes(calls)).toEqual([`PUT ${path}`, `PUT ${path}`, `DELETE ${path}`]);
  expect(calls.filter(({ method }) => method === 'PUT').map(({ body }) => body)).toEqual([
    { access: 'read' },
    { access: 'write' },
  ]);
});

it('goes back to what was and says why, when a base cannot be offered', async () => {
  kept = [marketing];
  let say: (answer: Response) => void = () => {};
  const said = new Promise<Response>((resolve) => {
    say = resolve;
  });
  refuse = ({ method }) => (method === 'PUT' ? said : undefined);
  const calls = serve(answer);
  await show(<ConnectionsPage />);
  await press(await choice('read'));
  await shows('Asked each time');
  expect(calls.some(({ path }) => path.endsWith('/traffic'))).toBe(false);
  say(problem(409, 'Conflict', 'Another connection offers this base'));
  await shows('Another connection offers this base');
  expect((await choice('none')).checked).toBe(true);
});

it.each(['read', 'comment'] as const)('offers no writing at level %s', async (level) => {
  kept = [marketing];
  reached = () => list([{ ...launch, permission_level: level }]);
  serve(answer);
  await show(<ConnectionsPage />);
  expect((await choice('write')).disabled).toBe(true);
  expect((await choice('read')).disabled).toBe(false);
  await shows('The token may not write here.');
});

it('shows what is offered also while Airtable does not answer, and asks again', async () => {
  kept = [{ ...marketing, bases: [offered] }];
  reached = () => problem(503, 'Airtable does not answer', 'It was asked for 10 seconds');
  serve(answer);
  await show(<ConnectionsPage />);
  await shows('It was asked for 10 seconds');
  expect((await choice('read')).checked).toBe(true);
  reached = () => list([launch]);
  await press(await button('Try again'));
  await shows('1 of 1 base offered');
});

it('warns of scopes that are missing', async () => {
  kept = [{ ...marketing, scopes: ['data.records:read', 'schema.bases:read'] }];
  serve(answer);
  await show(<ConnectionsPage />);
  await shows('The token lacks a scope');
  await shows('Without data.records:write it cannot create, change and delete records.');
});

it('removes a connection once that is confirmed', async () => {
  kept = [marketing];
  const calls = serve(answer);
  await show(<ConnectionsPage />);
  await press(await button('Remove Marketing'));
  await shows('The token is forgotten; nothing changes at Airtable.');
  expect(changes(calls)).toEqual([]);
  await press(await button('Remove'));
  await shows('No account at Airtable is connected');
  expect(changes(calls)).toEqual([`DELETE ${ROOT}/con1`]);
});

it('says why the list is not there', async () => {
  refuse = ({ path }) => (path === ROOT ? problem(503, 'Busy', 'The database is busy') : undefined);
  serve(answer);
  await show(<ConnectionsPage />);
  await shows('The database is busy');
  refuse = () => undefined;
  await press(await button('Try again'));
  await shows('No account at Airtable is connected');
});

it('is for those who manage a workspace', async () => {
  role = 'editor';
  const calls = serve(answer);
  await show(<ConnectionsPage />);
  await shows('Connections are for admins');
  expect(calls.map(({ path }) => path)).not.toContain(ROOT);
});
