import assert from 'node:assert/strict';
import { inspect } from './checks.mjs';

/** A saga of somebody else asks the owner, who finds it, says yes, and sees it go on. */
export async function walkAsking({ page, server, call, workspaceId, baseId, faults }) {
  await define(call, workspaceId, baseId);
  const start = await colleague(page, server, workspaceId);
  await page.goto(`${server.origin}/`);
  await page.getByRole('heading', { name: 'Bases', exact: true }).waitFor();
  const run = await start('12 chairs');
  await page.getByRole('link', { name: '1 waiting' }).click();
  await page.getByRole('heading', { name: 'Sagas that wait for you' }).waitFor();
  await page.getByText('sale · by Kofi Mensah').waitFor();
  await page.getByText(/^until /).waitFor();
  await inspect(page, 'walk-asking', faults);
  await page.getByRole('link', { name: 'Sell 12 chairs?' }).click();
  await page.waitForURL(`**/sagas/${run}`);
  await page.getByRole('button', { name: 'Approve ok' }).click();
  await page.getByRole('heading', { name: 'All 2 steps were done.' }).waitFor();
  const { records } = await call('GET', `/v0/${baseId}/Present`);
  assert.ok(records.some(({ fields }) => fields.Name === 'Sold 12 chairs'));
  await page.getByRole('link', { name: 'Approvals' }).first().click();
  await page.getByRole('heading', { name: 'Nothing waits for you' }).waitFor();
  await start('the last lamp');
  await page.getByRole('link', { name: 'Sell the last lamp?' }).waitFor();
}

async function define(call, workspaceId, baseId) {
  const approval = {
    approvers: ['admin'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the server fills this in
    message: 'Sell ${input.what}?',
    deadline: 3 * 86_400,
  };
  const place = { base_id: baseId, table_id: 'Present' };
  await call('PUT', '/api/saga/definitions/sale', {
    workspace_id: workspaceId,
    description: 'Asks before it sells',
    steps: [
      { id: 'ok', kind: 'N', action: { approval } },
      {
        id: 'sell',
        kind: 'C',
        action: { tool: 'create_record' },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the server fills this in
        arguments: { ...place, fields: { Name: 'Sold ${input.what}' } },
      },
    ],
  });
}

/** Invites an editor and starts sagas as them, as nobody approves what they started. */
async function colleague(page, server, workspaceId) {
  const invited = await page.request.post(
    `${server.origin}/api/workspaces/${workspaceId}/members`,
    {
      data: { email: 'kofi@example.com', name: 'Kofi Mensah', role: 'editor' },
      headers: { 'X-PyAirtable': '1', origin: server.origin },
    },
  );
  assert.ok(invited.ok(), await invited.text());
  const [, token] = (await invited.json()).invite_url.split('#token=');
  const joined = await send(server, '/api/auth/invite', {
    token,
    password: 'chairs and lamps for all',
    name: 'Kofi Mensah',
  });
  return async (what) => {
    const body = { definition: 'sale', input: { what } };
    const { saga_id } = await send(server, '/api/saga/start', body, joined.access_token);
    return saga_id;
  };
}

async function send(server, path, body, token) {
  const response = await fetch(server.origin + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok(response.ok, `${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}
