import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { scriptOf } from './api.mjs';
import { inspect } from './checks.mjs';

/** Windows-1252, as older spreadsheets write it. */
const TOOLS = Buffer.from(
  'Tool;Hours;Bought\nSäge;2.5;2026-01-31\nBohrer;3;2026-02-01\nNagel;;\n',
  'latin1',
);
const MORE = Buffer.from('Tool,Hours\nHammer,1\nBroken,many\n\n"Last, not least",2\n');

/** A file becomes a table; another goes into it, but for a row that does not fit; both are undone as one. */
export async function walkImports(page, server, basePath, faults) {
  const call = await scriptOf(page, server);
  const baseId = basePath.split('/')[2];
  await page.goto(server.origin + basePath);
  await page.getByRole('button', { name: 'Base menu' }).click();
  await page.getByRole('menuitem', { name: 'Import CSV as table' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import CSV' });
  await inspect(page, 'walk-import-choose', faults);
  await choose(dialog, 'Tools.csv', TOOLS);
  await dialog.getByRole('textbox', { name: 'Name of the field for Hours' }).waitFor();
  assert.equal(
    await dialog.getByRole('combobox', { name: 'Encoding' }).inputValue(),
    'Windows-1252',
  );
  assert.equal(await dialog.getByRole('combobox', { name: 'Delimiter' }).inputValue(), 'Semicolon');
  await inspect(page, 'walk-import-new', faults);
  await dialog.getByRole('button', { name: 'Import 3 rows' }).click();
  await dialog.getByText('3 records made').waitFor();
  await inspect(page, 'walk-import-done', faults);
  await dialog.getByRole('link', { name: 'Open table' }).click();
  await page.getByRole('heading', { name: 'Tools', level: 1 }).waitFor();
  await page.getByRole('grid').getByText('Säge').waitFor();
  const { tables } = await call('GET', `/v0/meta/bases/${baseId}/tables`);
  const { id, fields } = tables.find(({ name }) => name === 'Tools');
  assert.deepEqual(
    fields.map(({ type }) => type),
    ['singleLineText', 'number', 'date'],
  );
  const tools = async () => {
    const { records } = await call('GET', `/v0/${baseId}/${id}?view=Grid%20view`);
    return records.map((record) => record.fields.Tool);
  };
  await importMore(page, faults);
  assert.deepEqual(await tools(), ['Säge', 'Bohrer', 'Nagel', 'Hammer', 'Last, not least']);
  await page.getByRole('dialog').getByRole('button', { name: 'Undo the import' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.deepEqual(await tools(), ['Säge', 'Bohrer', 'Nagel']);
  return `/bases/${baseId}/${id}`;
}

async function importMore(page, faults) {
  await page.getByRole('button', { name: 'Import CSV', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Import CSV' });
  await choose(dialog, 'more.csv', MORE);
  const mapped = dialog.getByRole('combobox', { name: 'Field for Hours' });
  assert.equal(await mapped.inputValue(), 'Hours');
  await inspect(page, 'walk-import-map', faults);
  await dialog.getByRole('button', { name: 'Import 3 rows' }).click();
  await dialog.getByText('2 records made').waitFor();
  await dialog.getByText('1 row refused').waitFor();
  await inspect(page, 'walk-import-refused', faults);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Save refused rows as CSV' }).click(),
  ]);
  const lines = (await readFile(await download.path(), 'utf8')).split('\r\n');
  assert.equal(lines.length, 2);
  assert.match(lines[1], /^3,.*not a number.*,Broken,many$/);
}

async function choose(dialog, name, buffer) {
  const input = dialog.getByLabel('Choose a CSV file');
  await input.setInputFiles({ name, mimeType: 'text/csv', buffer });
}

/** What a file would become, before anything is made. */
export async function inspectImport(page, url, suffix, faults) {
  await page.goto(url);
  await page.getByRole('button', { name: 'Import CSV', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Import CSV' });
  await choose(dialog, 'more.csv', MORE);
  await dialog.getByText('New table').click();
  await dialog.getByRole('textbox', { name: 'Name of the field for Hours' }).waitFor();
  await inspect(page, `import-${suffix}`, faults);
}
