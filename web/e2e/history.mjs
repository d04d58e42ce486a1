import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { scriptOf } from './api.mjs';
import { inspect } from './checks.mjs';

/** Changes made by a script and an assistant, seen, looked into, undone with a conflict, done again. */
export async function walkHistory(page, server, basePath, faults) {
  const call = await scriptOf(page, server);
  const baseId = basePath.split('/')[2];
  const people = await call('GET', `/v0/${baseId}/People?maxRecords=3`);
  const world = { page, server, call, baseId, people: people.records, faults };
  const changePath = await seeChange(world);
  await undoOneCell(world);
  await undoWithConflict(world, changePath);
  await redoFromToast(world);
  await overwrite(world, changePath);
  await filterByBase(world, basePath);
  await foldAlike(world);
  const undoPath = await pathOf(page, 'Undo of a change');
  await historyOfRecord(world);
  return { changePath, undoPath };
}

const setRate = ({ call, baseId, people }, rate, records = people) =>
  call('PATCH', `/v0/${baseId}/People`, {
    records: records.map(({ id }) => ({ id, fields: { 'Hourly rate': rate } })),
  });

async function rates({ call, baseId, people }) {
  const { records } = await call('GET', `/v0/${baseId}/People`);
  return people.map(({ id }) => records.find((record) => record.id === id).fields['Hourly rate']);
}

async function seeChange(world) {
  const { page, server, call, baseId, faults } = world;
  await page.goto(`${server.origin}/history`);
  await page.getByRole('heading', { name: 'Today' }).waitFor();
  await setRate(world, 777);
  const link = page.getByRole('link', { name: 'Script changed 3 records in People' });
  await link.waitFor();
  await call('POST', '/api/mcp/tools/call', {
    name: 'batch_create_records',
    arguments: {
      base_id: baseId,
      table_id: 'Notes',
      records: [{ Title: 'Kick-off' }, { Title: 'Retro', Text: 'What went well. '.repeat(60) }],
    },
  });
  await page.getByRole('link', { name: 'Assistant made 2 records in Notes' }).waitFor();
  await inspect(page, 'walk-history', faults);
  await link.click();
  await page.getByRole('heading', { name: 'Script changed 3 records in People' }).waitFor();
  const diff = page.getByRole('article').first();
  await diff.getByText('€777').waitFor();
  await inspect(page, 'walk-change', faults);
  return new URL(page.url()).pathname;
}

async function undoOneCell(world) {
  const { page, people } = world;
  const name = people[0].fields.Name;
  await page.getByRole('button', { name: `Undo Hourly rate of ${name}` }).click();
  await page.getByText('1 record undone').waitFor();
  assert.deepEqual(await rates(world), [people[0].fields['Hourly rate'], 777, 777]);
  await page.getByText('As before').waitFor();
  await page.getByText('Partly undone').waitFor();
}

async function undoWithConflict(world, changePath) {
  const { page, server, people, faults } = world;
  await setRate(world, 888, [people[1]]);
  await page.goto(server.origin + changePath);
  await page.getByText('Changed since by Ines Varga').waitFor();
  await page.keyboard.press('u');
  const dialog = page.getByRole('dialog', { name: 'Undo this change?' });
  await dialog.getByText('One record was changed since').waitFor();
  await inspect(page, 'walk-undo-plan', faults);
  await dialog.getByRole('button', { name: 'Undo 1 record' }).click();
  await page.getByText('Undone in part').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download as CSV' }).click(),
  ]);
  const csv = await readFile(await download.path(), 'utf8');
  assert.match(csv, /,conflict,changed_since,Hourly rate,.*,888,Ines Varga,/);
  await inspect(page, 'walk-undo-report', faults);
  await page.getByRole('button', { name: 'Close' }).last().click();
  const [first, , third] = people.map(({ fields }) => fields['Hourly rate']);
  assert.deepEqual(await rates(world), [first, 888, third]);
}

async function redoFromToast(world) {
  const { page, people } = world;
  await page.getByRole('button', { name: 'Redo' }).last().click();
  await page.getByText('1 record changed again').waitFor();
  assert.deepEqual(await rates(world), [people[0].fields['Hourly rate'], 888, 777]);
}

async function overwrite(world, changePath) {
  const { page, server, people, faults } = world;
  await page.goto(server.origin + changePath);
  await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
  await page.getByRole('radio', { name: 'Overwrite everything' }).check();
  await page.getByRole('button', { name: 'Undo 2 records' }).click();
  const warning = page.getByRole('alertdialog', { name: 'Overwrite the work of others?' });
  await warning.getByText('Ines Varga').first().waitFor();
  await inspect(page, 'walk-undo-confirm', faults);
  await page.getByRole('button', { name: 'Overwrite 1 record' }).click();
  await page.getByRole('heading', { name: 'Outcome of each record' }).waitFor();
  assert.deepEqual(
    await rates(world),
    people.map(({ fields }) => fields['Hourly rate']),
  );
  await page.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('button', { name: 'Redo', exact: true }).first().waitFor();
}

async function filterByBase({ page, server, baseId }, basePath) {
  await page.goto(server.origin + basePath);
  await page.getByRole('link', { name: 'History of this base' }).click();
  await page.waitForURL((url) => url.searchParams.get('base') === baseId);
  await page.getByRole('heading', { name: /^History · / }).waitFor();
  await page.getByRole('combobox', { name: 'Through what' }).click();
  await page.getByRole('option', { name: 'Assistant' }).click();
  await page.getByRole('link', { name: 'Script changed' }).first().waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Assistant made 2 records in Notes' }).focus();
  await page.getByRole('button', { name: 'Clear filters', exact: true }).click();
  await page.getByRole('link', { name: 'Script changed' }).first().focus();
  await page.keyboard.press('ArrowUp');
  const focused = await page.evaluate(() => document.activeElement?.textContent);
  assert.match(focused, / in /);
}

/** Many changes that read alike stand in one row, which opens. */
async function foldAlike(world) {
  const { page, people } = world;
  for (const rate of [501, 502, 503, 504]) await setRate(world, rate, [people[0]]);
  const row = page.getByRole('button', { name: 'Script changed 1 record in People, 4 times' });
  await row.click();
  await page.getByRole('link', { name: 'Script changed 1 record in People' }).nth(3).waitFor();
  assert.equal(await row.getAttribute('aria-expanded'), 'true');
}

/** The panel of a record tells what happened to it, and what a script writes meanwhile by itself. */
async function historyOfRecord(world) {
  const { page, server, call, baseId, people, faults } = world;
  const { tables } = await call('GET', `/v0/meta/bases/${baseId}/tables`);
  const table = tables.find(({ name }) => name === 'People');
  await page.goto(`${server.origin}/bases/${baseId}/${table.id}?row=1`);
  const panel = page.getByRole('complementary', { name: 'Record' });
  await panel.getByText('History', { exact: true }).click();
  const story = panel.getByRole('region', { name: 'History' });
  await story.getByText('€504').first().waitFor();
  await story.getByText('pyairtable 3.1.1').first().waitFor();
  await setRate(world, 505, [people[0]]);
  await story.getByText('€505').waitFor();
  await inspect(page, 'walk-record-history', faults);
}

async function pathOf(page, name) {
  return page.getByRole('link', { name }).first().getAttribute('href');
}
