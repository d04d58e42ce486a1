import assert from 'node:assert/strict';
import { scriptOf } from './api.mjs';
import { walkAsking } from './asking.mjs';
import { inspect } from './checks.mjs';

const MANY = 32;

/** Sagas from nothing to a decision: started, watched, cancelled, taken back, decided. */
export async function walkSagas(page, server, faults) {
  const call = await scriptOf(page, server);
  const world = { page, server, call, faults, ...(await makeBase(page, server, call)) };
  await startReadyMade(world);
  await define(world);
  await walkAsking(world);
  await walkPages(world);
  const waiting = await watchAndCancel(world);
  await decideAboutConflict(world);
  const stuck = await decideWithEvidence(world);
  await walkByKeys(world);
  await restWhileHidden(world);
  return { ...stuck, waiting };
}

async function makeBase(page, server, call) {
  const me = await page.request.get(`${server.origin}/api/auth/me`);
  const [workspace] = (await me.json()).workspaces;
  const field = [{ name: 'Name', type: 'singleLineText' }];
  const base = await call('POST', '/v0/meta/bases', {
    name: 'Orders',
    workspaceId: workspace.id,
    tables: [
      { name: 'Wanted', fields: field },
      { name: 'Present', fields: field },
    ],
  });
  await call('POST', `/v0/${base.id}/Wanted`, {
    records: [{ fields: { Name: 'Chairs' } }, { fields: { Name: 'Lamps' } }],
  });
  return { workspaceId: workspace.id, baseId: base.id };
}

async function names({ call, baseId }) {
  const { records } = await call('GET', `/v0/${baseId}/Present`);
  return records.map(({ fields }) => fields.Name).sort();
}

async function startReadyMade(world) {
  const { page, server, faults } = world;
  await page.goto(`${server.origin}/`);
  await page.getByRole('link', { name: 'Sagas' }).first().click();
  await page.getByRole('heading', { name: 'No saga has run yet' }).waitFor();
  await page.getByText('Idempotency-Key').waitFor();
  await inspect(page, 'walk-sagas-empty', faults);
  await page.getByRole('button', { name: 'Start data_sync' }).click();
  const dialog = page.getByRole('dialog', { name: 'Start a saga' });
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();
  await dialog.getByText('key_field must be filled in.').waitFor();
  await inspect(page, 'walk-saga-start-faults', faults);
  await showJsonFaults(dialog);
  for (const side of ['source', 'target']) {
    await choose(page, dialog, `${side}_base_id`, 'Orders');
    await choose(page, dialog, `${side}_table_id`, side === 'source' ? 'Wanted' : 'Present');
  }
  await dialog.getByRole('textbox', { name: 'key_field' }).fill('Name');
  await inspect(page, 'walk-saga-start', faults);
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForURL(/\/sagas\/run/);
  await page.getByRole('heading', { name: 'Its step was done.' }).waitFor();
  await page.getByText('All steps were done').waitFor();
  assert.deepEqual(await names(world), ['Chairs', 'Lamps']);
  await inspect(page, 'walk-saga-done', faults);
}

/** A text that is no JSON is told at once, and cannot be started. */
async function showJsonFaults(dialog) {
  await dialog.getByText('JSON', { exact: true }).click();
  const field = dialog.getByRole('textbox', { name: 'Input' });
  const whole = await field.inputValue();
  await field.fill('{"key_field": ');
  await dialog.getByText('This is not JSON').waitFor();
  await field.fill('{"key_field": "Name"}');
  await dialog.getByText('source_base_id is missing; a step refers to it.').waitFor();
  await field.fill(whole);
  await dialog.getByText('Form', { exact: true }).click();
}

async function choose(page, dialog, label, option) {
  await dialog.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

async function define({ call, workspaceId, baseId }) {
  const place = { base_id: baseId, table_id: 'Present' };
  const make = (id, kind, name) => ({
    id,
    kind,
    action: { tool: 'create_record' },
    arguments: { ...place, fields: { Name: name } },
  });
  const wait = (id, seconds) => ({ id, kind: 'N', action: { wait: { seconds } } });
  const change = (id, kind) => ({
    id,
    kind,
    action: { tool: 'update_record' },
    arguments: { ...place, record_id: 'rec00000000000000', fields: { Name: 'never' } },
  });
  const save = (name, description, steps) =>
    call('PUT', `/api/saga/definitions/${name}`, {
      workspace_id: workspaceId,
      description,
      steps,
    });
  await save('reserve', 'Reserves and waits for the payment', [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the server fills this in
    make('reserve', 'C', 'Reserved for ${input.customer}'),
    wait('payment', 86_400),
    make('order', 'P', 'Ordered'),
  ]);
  await save('handover', 'Waits half-way', [
    make('note', 'C', 'Handed over'),
    wait('pause', 86_400),
    change('close', 'C'),
  ]);
  await save('tick', 'Does nothing', [wait('rest', 1)]);
  await save('ship', 'Cannot ship', [
    make('pay', 'P', 'Paid'),
    change('ship', 'R'),
    wait('rest', 1),
  ]);
}

/** More runs than a page holds come in as the list is scrolled, each once. */
async function walkPages({ page, server, call }) {
  for (let n = 0; n < MANY; n += 1) await start(call, 'tick');
  await page.goto(`${server.origin}/sagas?definition=tick`);
  const rows = page.getByRole('main').getByRole('listitem');
  await rows.nth(29).scrollIntoViewIfNeeded();
  await page.getByText('That is everything.').waitFor();
  assert.equal(await rows.count(), MANY);
}

const start = async (call, definition, input = {}) =>
  (await call('POST', '/api/saga/start', { definition, input })).saga_id;

/** The list shows a run without a reload; cancelling takes back what it did. */
async function watchAndCancel(world) {
  const { page, server, call, faults } = world;
  await page.goto(`${server.origin}/sagas`);
  await page.getByRole('link', { name: 'tick' }).first().waitFor();
  const cancelled = await start(call, 'reserve', { customer: 'Ada' });
  const link = page.getByRole('link', { name: 'reserve' });
  await link.waitFor();
  await page.getByRole('listitem').filter({ has: link }).getByText('Waiting').waitFor();
  await link.click();
  await page.getByRole('heading', { name: /^Waits at payment until / }).waitFor();
  assert.ok((await names(world)).includes('Reserved for Ada'));
  await inspect(page, 'walk-saga-waiting', faults);
  await page.keyboard.press('x');
  const dialog = page.getByRole('dialog', { name: 'Cancel this run?' });
  await dialog.getByText('reserve is taken back (its change set is undone)').waitFor();
  await dialog.getByText('order does not begin.').waitFor();
  await inspect(page, 'walk-saga-cancel', faults);
  await dialog.getByRole('button', { name: 'Cancel this run' }).click();
  await page.getByRole('heading', { name: 'What it did was taken back.' }).waitFor();
  await page.getByText('Step reserve (create_record) was taken back').waitFor();
  await page.getByText('Not begun', { exact: true }).first().waitFor();
  assert.ok(!(await names(world)).includes('Reserved for Ada'));
  await inspect(page, 'walk-saga-taken-back', faults);
  await page.getByRole('link', { name: 'What it changed: reserve' }).click();
  await page.getByRole('heading', { name: 'Saga made 1 record in Present' }).waitFor();
  assert.ok(cancelled);
  return `/sagas/${await start(call, 'reserve', { customer: 'Grace' })}`;
}

async function decideAboutConflict(world) {
  const { page, server, call, baseId, faults } = world;
  const id = await start(call, 'handover');
  await page.goto(`${server.origin}/sagas/${id}`);
  await page.getByRole('heading', { name: /^Waits at pause/ }).waitFor();
  const { items } = await call('GET', `/api/saga/runs/${id}/steps`);
  await call('PATCH', `/v0/${baseId}/Present/${items[0].result.id}`, { fields: { Name: 'Mine' } });
  await call('POST', `/api/saga/runs/${id}/cancel`);
  await page.getByRole('link', { name: '1 needs a person' }).waitFor();
  await page.getByText('Not taken back: changed since').waitFor();
  await inspect(page, 'walk-saga-conflict', faults);
  await page.goto(`${server.origin}/sagas`);
  await page.getByRole('link', { name: 'One run needs a person' }).click();
  await page.getByRole('button', { name: 'Mark as taken back: note' }).click();
  const dialog = page.getByRole('dialog', { name: 'Mark note as taken back?' });
  const decide = dialog.getByRole('button', { name: 'Mark as taken back' });
  await decide.click();
  await dialog.getByText('Say why; others will read it.').waitFor();
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('It is mine now');
  await inspect(page, 'walk-saga-decide', faults);
  await decide.click();
  await page.getByRole('heading', { name: 'No run needs a person' }).waitFor();
  await inspect(page, 'walk-sagas-attention-none', faults);
  await page.goto(`${server.origin}/sagas/${id}`);
  await page.getByRole('heading', { name: 'What it did was taken back.' }).waitFor();
  await page.getByText('It is mine now (Ines Varga)').waitFor();
}

async function decideWithEvidence(world) {
  const { page, server, call, baseId, faults } = world;
  const id = await start(call, 'ship');
  const left = await start(call, 'ship');
  await page.goto(`${server.origin}/sagas/attention`);
  await page.getByRole('article').nth(1).waitFor();
  const card = page.getByRole('article', { name: `ship ${id}` });
  await card.getByRole('button', { name: 'Mark as done: ship' }).click();
  const dialog = page.getByRole('dialog', { name: 'Mark ship as done?' });
  await dialog.getByRole('button', { name: 'Mark as done' }).click();
  await dialog.getByText('Please fill this in.').first().waitFor();
  await choose(page, dialog, 'Base', 'Orders');
  await choose(page, dialog, 'Table', 'Present');
  await dialog.getByRole('textbox', { name: 'Record id' }).fill('rec99999999999999');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Shipped by hand');
  await dialog.getByRole('button', { name: 'Mark as done' }).click();
  await dialog.getByText('must name a record that is there').waitFor();
  await inspect(page, 'walk-saga-evidence', faults);
  const { records } = await call('GET', `/v0/${baseId}/Present?maxRecords=1`);
  await dialog.getByRole('textbox', { name: 'Record id' }).fill(records[0].id);
  await dialog.getByRole('button', { name: 'Mark as done' }).click();
  await card.waitFor({ state: 'detached' });
  await page.goto(`${server.origin}/sagas/${id}`);
  await page.getByRole('heading', { name: 'All 3 steps were done.' }).waitFor();
  return { done: `/sagas/${id}`, needy: `/sagas/${left}` };
}

async function walkByKeys({ page, server }) {
  await page.goto(`${server.origin}/sagas?state=completed`);
  await page.getByRole('link', { name: 'reserve' }).waitFor({ state: 'detached' });
  const first = page.getByRole('main').getByRole('listitem').getByRole('link').first();
  await first.focus();
  await page.keyboard.press('ArrowDown');
  assert.notEqual(await page.evaluate(() => document.activeElement?.getAttribute('href')), null);
  assert.equal(await first.evaluate((link) => link === document.activeElement), false);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/sagas\/run/);
  await page.goBack();
  await first.waitFor();
  await page.keyboard.press('n');
  await page.waitForURL((url) => url.searchParams.has('start'));
  await page.getByRole('heading', { name: 'Its steps' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** Nothing is asked for while nobody looks, and at once when somebody does again. */
async function restWhileHidden({ page, server }) {
  await page.clock.install();
  await page.goto(`${server.origin}/sagas`);
  await page.getByRole('link', { name: 'ship' }).first().waitFor();
  await show(page, 'hidden');
  await page.waitForLoadState('networkidle');
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().includes('/api/saga/')) asked += 1;
  });
  await page.clock.runFor(60_000);
  assert.equal(asked, 0, 'a hidden page asks for nothing');
  const answered = page.waitForResponse(/api\/saga\/runs/);
  await show(page, 'visible');
  await page.clock.runFor(10_000);
  await answered;
}

const show = (page, state) =>
  page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
