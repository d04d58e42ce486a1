import assert from 'node:assert/strict';
import { inspect } from './checks.mjs';

const ROOT = '/api/airtable/connections';
const TOKEN = 'patMadeUpMadeUp.0123456789abcd';

/** Answers for the server, so that the page can be seen without an account at Airtable. */
export async function stubConnections(page, { isEmpty = false } = {}) {
  const state = { connections: isEmpty ? [] : [SALES, NARROW], isDown: false };
  await page.route(
    (url) => url.pathname.startsWith(ROOT),
    (route) => {
      const request = route.request();
      const path = new URL(request.url()).pathname;
      const { status = 200, json } = answer(state, request.method(), path, request);
      if (json === undefined) return route.fulfill({ status });
      return route.fulfill({ status, json });
    },
  );
  return state;
}

/** Puts a base at Airtable behind those of the server. */
async function stubRemoteBase(page) {
  await page.route(
    (url) => url.pathname === '/api/airtable/bases',
    async (route) => {
      const response = await route.fetch();
      if (!response.ok()) return route.fulfill({ response });
      const { items } = await response.json();
      const added = remoteBase(items[0].workspace_id);
      await route.fulfill({ response, json: { items: [...items, added], next_cursor: null } });
    },
  );
}

export async function walkConnections(page, server, faults) {
  const state = await stubConnections(page, { isEmpty: true });
  await stubRemoteBase(page);
  await page.goto(`${server.origin}/`);
  await tagsRemoteBase(page, faults);
  await page.getByRole('link', { name: 'Airtable', exact: true }).click();
  await page.getByRole('heading', { name: 'No account at Airtable is connected' }).waitFor();
  await inspect(page, 'connections-none', faults);
  await connect(page, faults);
  await choose(page, state);
  await lookAtFailure(page, server, state, faults);
  await disconnect(page, faults);
  await page.unrouteAll({ behavior: 'wait' });
}

async function tagsRemoteBase(page, faults) {
  await page.getByText('At Airtable', { exact: true }).waitFor();
  assert.equal(await page.locator(`a[href*="${REACHED[0].id}"]`).count(), 0, 'it has no grid');
  await inspect(page, 'bases-at-airtable', faults);
}

async function connect(page, faults) {
  await page.getByRole('button', { name: 'Connect an account' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Sales');
  const token = page.getByRole('textbox', { name: 'Personal access token' });
  await token.fill('refused');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText('Airtable does not accept this token').waitFor();
  assert.equal(await token.inputValue(), '', 'a token does not stay in the form');
  assert.ok(await token.evaluate((input) => input === document.activeElement));
  await inspect(page, 'connections-refused', faults);
  await token.fill(TOKEN);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText('token ends in …abcd').waitFor();
  const title = page.getByRole('heading', { name: 'Sales' });
  assert.ok(await title.evaluate((element) => element === document.activeElement));
  const left = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.body.outerHTML]),
  );
  assert.ok(!left.includes(TOKEN), 'a token is sent and forgotten');
}

async function choose(page, state) {
  const how = (base) => page.getByRole('radiogroup', { name: `How ${base} is offered` });
  await how('Orders').getByText('Read and write').click();
  await page.getByText('1 of 3 bases offered').waitFor();
  assert.equal(state.connections[0].bases[0].access, 'write');
  assert.ok(await how('Price list').getByRole('radio', { name: 'Read and write' }).isDisabled());
  await how('Orders').getByRole('radio', { name: 'Read and write' }).focus();
  await page.keyboard.press('ArrowLeft');
  await page.getByText('Orders is offered for reading', { exact: true }).waitFor();
  await how('Taken').getByText('Read', { exact: true }).click();
  await page.getByText('Another connection offers this base').waitFor();
  assert.ok(await how('Taken').getByRole('radio', { name: 'Not offered' }).isChecked());
  await how('Orders').getByText('Not offered').click();
  await page.getByText('0 of 3 bases offered').waitFor();
  await how('Orders').getByText('Read', { exact: true }).click();
  await page.getByText('1 of 3 bases offered').waitFor();
}

async function lookAtFailure(page, server, state, faults) {
  state.isDown = true;
  await page.goto(`${server.origin}/connections`);
  await page.getByText('It was asked for 10 seconds.').waitFor();
  await page.getByRole('radiogroup', { name: 'How Orders is offered' }).waitFor();
  await inspect(page, 'connections-down', faults);
  state.isDown = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('1 of 3 bases offered').waitFor();
}

async function disconnect(page, faults) {
  await page.getByRole('button', { name: 'Remove Sales' }).click();
  const dialog = page.getByRole('dialog', { name: 'Remove “Sales”?' });
  await dialog.getByText('nothing changes at Airtable').waitFor();
  await inspect(page, 'connections-remove', faults);
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('heading', { name: 'No account at Airtable is connected' }).waitFor();
}

const list = (items) => ({ json: { items, next_cursor: null } });
const problem = (status, title, detail) => ({ status, json: { title, status, detail } });

function answer(state, method, path, request) {
  if (path === ROOT) return method === 'POST' ? made(state, request) : list(state.connections);
  const [, id, baseId] = path.match(/connections\/([^/]+)(?:\/bases(?:\/(.+))?)?$/) ?? [];
  if (method === 'GET') {
    // Not 503, which the page of the walk would count as a fault of the server.
    if (state.isDown)
      return problem(422, 'Airtable does not answer', 'It was asked for 10 seconds.');
    return list(REACHED);
  }
  if (!baseId) {
    state.connections = state.connections.filter((each) => each.id !== id);
    return { status: 204 };
  }
  return offered(state, id, baseId, method === 'PUT' ? request.postDataJSON().access : null);
}

function made(state, request) {
  const { name, token, workspace_id } = request.postDataJSON();
  if (token === 'refused') {
    return problem(422, 'Invalid request', 'Airtable does not accept this token');
  }
  const connection = { ...SALES, name, workspace_id, token_end: token.slice(-4), bases: [] };
  state.connections = [...state.connections, connection];
  return { status: 201, json: connection };
}

function offered(state, id, baseId, access) {
  const { name, permission_level: level } = REACHED.find((base) => base.id === baseId);
  if (name === 'Taken') return problem(409, 'Conflict', 'Another connection offers this base');
  const base = { id: baseId, name, access, level };
  state.connections = state.connections.map((each) =>
    each.id === id ? { ...each, bases: access ? [base] : [] } : each,
  );
  return access ? { json: base } : { status: 204 };
}

const REACHED = [
  { id: 'appOrders0000000A', name: 'Orders', permission_level: 'create' },
  { id: 'appPrices0000000A', name: 'Price list', permission_level: 'read' },
  { id: 'appTaken00000000A', name: 'Taken', permission_level: 'edit' },
];

const SALES = {
  id: 'con1',
  workspace_id: 'wsp1',
  name: 'Sales',
  token_end: 'abcd',
  account: 'usrMadeUp00000000',
  email: 'sales@example.com',
  scopes: ['data.records:read', 'data.records:write', 'schema.bases:read', 'user.email:read'],
  made_at: '2026-11-20T10:00:00Z',
  bases: [
    { id: REACHED[0].id, name: 'Orders', access: 'write', level: 'create' },
    { id: 'appGone000000000A', name: 'Archive of 2024', access: 'read', level: 'edit' },
  ],
};

const NARROW = {
  ...SALES,
  id: 'con2',
  name: 'Support, with a token that was made for reading alone',
  token_end: '',
  email: null,
  scopes: ['data.records:read'],
  bases: [],
};

const remoteBase = (workspace_id) => ({
  id: REACHED[0].id,
  name: 'Orders',
  workspace_id,
  permission_level: 'edit',
  source: 'airtable',
  table_count: null,
  record_count: null,
});
