import assert from 'node:assert/strict';
import { scriptOf } from './api.mjs';
import { inspect } from './checks.mjs';

const CHOICES = [{ name: 'Todo' }, { name: 'Doing' }, { name: 'Done' }];
const FIELDS = [
  { name: 'Name', type: 'singleLineText' },
  { name: 'Hours', type: 'number', options: { precision: 1 } },
  { name: 'Status', type: 'singleSelect', options: { choices: CHOICES } },
  {
    name: 'Tags',
    type: 'multipleSelects',
    options: { choices: [{ name: 'red' }, { name: 'blue' }] },
  },
  { name: 'Ready', type: 'checkbox', options: { icon: 'check', color: 'greenBright' } },
  { name: 'Due', type: 'date', options: { dateFormat: { name: 'iso' } } },
  { name: 'Notes', type: 'multilineText' },
  { name: 'No', type: 'autoNumber' },
];

/** A table of its own, worked on with the keyboard as one works in a spreadsheet. */
export async function walkGrid(page, server, basePath, faults) {
  const call = await scriptOf(page, server);
  const baseId = basePath.split('/')[2];
  const table = await makeTable(call, baseId);
  const world = { page, server, call, baseId, table, faults };
  const path = `/bases/${baseId}/${table.id}`;
  await page.goto(server.origin + path);
  await page.getByRole('gridcell').first().waitFor();
  await typeIntoCells(world);
  await refuseWrongText(world);
  await pickChoices(world);
  await linkByName(world);
  await pasteRange(world);
  await undoFromToast(world);
  await addAndDelete(world);
  await seeRefusal(world);
  await editInRecord(world);
  const filtered = await filterRows(world);
  await sortRows(world);
  await addField(world);
  await addFormula(world);
  await changeChoices(world);
  await lookOnly(world);
  return { gridPath: path, filteredPath: filtered };
}

async function makeTable(call, baseId) {
  const { tables } = await call('GET', `/v0/meta/bases/${baseId}/tables`);
  const people = tables.find(({ name }) => name === 'People');
  const table = await call('POST', `/v0/meta/bases/${baseId}/tables`, {
    name: 'Work',
    fields: [
      ...FIELDS,
      { name: 'Owner', type: 'multipleRecordLinks', options: { linkedTableId: people.id } },
    ],
  });
  const records = ['Plan', 'Build', 'Test', 'Ship'].map((Name) => ({ fields: { Name } }));
  await call('POST', `/v0/${baseId}/${table.id}`, { records });
  return table;
}

async function cells({ call, baseId, table }, field) {
  const { records } = await call('GET', `/v0/${baseId}/${table.id}?view=Grid%20view`);
  return records.map(({ fields }) => fields[field]);
}

/** What is shown comes before the answer, so the table is asked until it has it. */
async function holds(world, field, wanted) {
  for (let attempt = 0; ; attempt += 1) {
    const got = await cells(world, field);
    try {
      return assert.deepEqual(got, wanted);
    } catch (error) {
      if (attempt > 20) throw error;
      await world.page.waitForTimeout(100);
    }
  }
}

async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

const at = (page, row, column) => page.locator(`#c${row}-${column}`);

async function goTo(page, row, column) {
  await page.getByRole('grid').focus();
  await press(page, 'Control+Home');
  for (let step = 0; step < row; step += 1) await press(page, 'ArrowDown');
  for (let step = 0; step < column; step += 1) await press(page, 'ArrowRight');
}

async function typeIntoCells(world) {
  const { page, faults } = world;
  await goTo(page, 0, 0);
  await page.keyboard.type('Draft');
  await inspect(page, 'walk-grid-typing', faults);
  await press(page, 'Tab');
  await page.keyboard.type('2.5');
  await press(page, 'Enter');
  assert.equal(await page.getByRole('grid').getAttribute('aria-activedescendant'), 'c1-1');
  await press(page, 'F2');
  await page.keyboard.type('9');
  await press(page, 'Escape');
  await goTo(page, 0, 4);
  await press(page, ' ');
  await goTo(page, 1, 5);
  await page.keyboard.type('2026-02-03');
  await press(page, 'Enter');
  await goTo(page, 0, 6);
  await press(page, 'Enter');
  await page.keyboard.type('one');
  await press(page, 'Shift+Enter');
  await page.keyboard.type('two');
  await inspect(page, 'walk-grid-text', faults);
  await press(page, 'Enter');
  await holds(world, 'Name', ['Draft', 'Build', 'Test', 'Ship']);
  await holds(world, 'Hours', [2.5, undefined, undefined, undefined]);
  await holds(world, 'Ready', [true, undefined, undefined, undefined]);
  await holds(world, 'Due', [undefined, '2026-02-03', undefined, undefined]);
  await holds(world, 'Notes', ['one\ntwo', undefined, undefined, undefined]);
}

async function refuseWrongText(world) {
  const { page, faults } = world;
  await goTo(page, 1, 1);
  await page.keyboard.type('many');
  await press(page, 'Enter');
  await page.getByRole('alert').getByText('This is not a number.').waitFor();
  await inspect(page, 'walk-grid-wrong', faults);
  await press(page, 'Escape');
  await goTo(page, 0, 7);
  await press(page, 'Enter');
  await page.getByText('This field is computed').waitFor();
  await holds(world, 'Hours', [2.5, undefined, undefined, undefined]);
}

async function pickChoices(world) {
  const { page, faults } = world;
  await goTo(page, 0, 2);
  await page.keyboard.type('doi');
  await page.getByRole('option', { name: 'Doing' }).waitFor();
  await inspect(page, 'walk-grid-choices', faults);
  await press(page, 'Enter');
  await goTo(page, 0, 3);
  await press(page, 'Enter');
  await page.getByRole('option', { name: 'red' }).waitFor();
  await press(page, 'Enter', 'ArrowDown', 'Enter', 'Tab');
  await holds(world, 'Status', ['Doing', undefined, undefined, undefined]);
  await holds(world, 'Tags', [['red', 'blue'], undefined, undefined, undefined]);
}

async function linkByName(world) {
  const { page, call, baseId, faults } = world;
  const { records } = await call('GET', `/v0/${baseId}/People?maxRecords=1`);
  const [{ id, fields }] = records;
  await goTo(page, 0, 8);
  await page.keyboard.type(fields.Name.slice(0, 5).toLowerCase());
  await page.getByRole('option', { name: fields.Name }).waitFor();
  await inspect(page, 'walk-grid-links', faults);
  await press(page, 'Enter', 'Tab');
  await at(page, 0, 8).getByText(fields.Name).waitFor();
  await holds(world, 'Owner', [[id], undefined, undefined, undefined]);
}

async function pasteRange(world) {
  const { page } = world;
  await page.evaluate(() => navigator.clipboard.writeText('Alpha\t1\tTodo\nBeta\t€2.5\tdone\n'));
  await goTo(page, 2, 0);
  await press(page, 'Control+v');
  await at(page, 3, 2).getByText('Done').waitFor();
  await holds(world, 'Name', ['Draft', 'Build', 'Alpha', 'Beta']);
  await holds(world, 'Hours', [2.5, undefined, 1, 2.5]);
  await holds(world, 'Status', ['Doing', undefined, 'Todo', 'Done']);
}

async function undoFromToast(world) {
  const { page, faults } = world;
  await page.getByText('6 cells changed').waitFor();
  await inspect(page, 'walk-grid-toast', faults);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByText('Undone').first().waitFor();
  await at(page, 2, 0).getByText('Test').waitFor();
  await holds(world, 'Status', ['Doing', undefined, undefined, undefined]);
  await goTo(page, 0, 1);
  await press(page, 'Shift+ArrowRight', 'Delete');
  await holds(world, 'Hours', [undefined, undefined, undefined, undefined]);
  await press(page, 'Control+z');
  await at(page, 0, 2).getByText('Doing').waitFor();
  await holds(world, 'Hours', [2.5, undefined, undefined, undefined]);
  await press(page, 'Control+c');
  await page.getByText('2 cells copied').waitFor();
  await goTo(page, 1, 1);
  await press(page, 'Control+v');
  await holds(world, 'Status', ['Doing', 'Doing', undefined, undefined]);
}

async function addAndDelete(world) {
  const { page } = world;
  await goTo(page, 0, 0);
  await press(page, 'Shift+Enter');
  await at(page, 4, 0).waitFor();
  await page.keyboard.type('Fifth');
  await press(page, 'Enter');
  await holds(world, 'Name', ['Draft', 'Build', 'Test', 'Ship', 'Fifth']);
  await goTo(page, 3, 0);
  await press(page, 'Shift+ArrowDown', 'Control+Delete');
  await page.getByText('2 records deleted').waitFor();
  await at(page, 3, 0).waitFor({ state: 'detached' });
  await press(page, 'Control+z');
  await at(page, 4, 0).getByText('Fifth').waitFor();
}

/** What the server refuses is put back, and the cell says why. */
async function seeRefusal(world) {
  const { page, faults } = world;
  const problem = { title: 'No', status: 422, code: 'invalid_request', detail: 'Not on a Friday' };
  const answer = { status: 422, contentType: 'application/problem+json', json: problem };
  await page.route('**/records', (route) => route.fulfill(answer), { times: 1 });
  await goTo(page, 1, 0);
  await page.keyboard.type('Never');
  await press(page, 'Enter', 'ArrowUp');
  await page.getByText('Not on a Friday').waitFor();
  await at(page, 1, 0).getByText('Build').waitFor();
  await inspect(page, 'walk-grid-refused', faults);
}

async function editInRecord(world) {
  const { page, faults } = world;
  await goTo(page, 0, 0);
  await press(page, ' ');
  const panel = page.getByRole('complementary', { name: 'Record' });
  await panel.getByRole('button', { name: 'Edit Hours' }).click();
  await inspect(page, 'walk-grid-record', faults);
  await page.keyboard.type('7');
  await press(page, 'Enter');
  await panel.getByText('7.0').waitFor();
  await holds(world, 'Hours', [7, 2.5, undefined, undefined, undefined]);
  await press(page, 'Escape');
  await panel.waitFor({ state: 'detached' });
}

async function filterRows(world) {
  const { page, faults } = world;
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('button', { name: 'Add condition' }).click();
  await page.getByRole('combobox', { name: 'Field of condition 1' }).click();
  await page.getByRole('option', { name: 'Hours' }).click();
  await page.getByRole('combobox', { name: 'Comparison of condition 1' }).click();
  await page.getByRole('option', { name: 'is more than' }).click();
  await page.getByLabel('Value of condition 1').fill('3');
  await page.getByText('{Hours} > 3').waitFor();
  await at(page, 1, 0).waitFor({ state: 'detached' });
  await at(page, 0, 0).getByText('Draft').waitFor();
  await inspect(page, 'walk-grid-filter', faults);
  await page.keyboard.press('Escape');
  assert.match(page.url(), /where=and\*fld/);
  const { pathname, search } = new URL(page.url());
  await page.reload();
  await page.getByRole('button', { name: '1 condition' }).click();
  await page.getByRole('button', { name: 'Write as formula' }).click();
  await page.getByRole('textbox', { name: 'Formula' }).fill('NOT({Ready})');
  await at(page, 3, 0).getByText('Fifth').waitFor();
  await page.getByRole('textbox', { name: 'Formula' }).fill('NOTHING({Ready})');
  await page.getByText('The filter cannot be read').waitFor();
  await inspect(page, 'walk-grid-bad-filter', faults);
  await page.getByRole('button', { name: 'Clear filter' }).click();
  await at(page, 4, 0).waitFor();
  await page.keyboard.press('Escape');
  return pathname + search;
}

async function sortRows(world) {
  const { page, faults } = world;
  await page.getByRole('button', { name: 'Sort', exact: true }).click();
  await page.getByRole('button', { name: 'Add sort' }).click();
  await page.getByRole('combobox', { name: 'Direction of sort 1' }).click();
  await page.getByRole('option', { name: 'Descending' }).click();
  await at(page, 0, 0).getByText('Test').waitFor();
  await page.getByRole('button', { name: 'Add sort' }).click();
  await inspect(page, 'walk-grid-sort', faults);
  await page.getByRole('button', { name: 'Clear sort' }).click();
  await at(page, 0, 0).getByText('Draft').waitFor();
  await page.keyboard.press('Escape');
}

async function addField(world) {
  const { page, faults } = world;
  await page.getByRole('button', { name: 'Fields' }).click();
  await page.getByRole('menuitem', { name: 'Add field' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add field' });
  await dialog.getByLabel('Field name').fill('Budget');
  await dialog.getByRole('combobox', { name: 'Type' }).click();
  await page.getByRole('option', { name: 'Currency' }).click();
  await dialog.getByLabel('Currency sign').fill('€');
  await inspect(page, 'walk-grid-field', faults);
  await dialog.getByRole('button', { name: 'Add field' }).click();
  await dialog.waitFor({ state: 'detached' });
  const header = page.getByRole('columnheader', { name: 'Budget' });
  await header.scrollIntoViewIfNeeded();
  await header.getByRole('button').click();
  await page.getByRole('menuitem', { name: 'Move left' }).click();
  await page.getByRole('columnheader', { name: 'Budget' }).getByRole('button').click();
  await page.getByRole('menuitem', { name: 'Edit field' }).click();
  const change = page.getByRole('dialog', { name: 'Edit field Budget' });
  await change.getByLabel('Field name').fill('Cost');
  await change.getByRole('button', { name: 'Save field' }).click();
  await page.getByRole('columnheader', { name: 'Cost' }).waitFor();
}

/** A formula is refused with what was meant, and follows what is typed into the cells it names. */
async function addFormula(world) {
  const { page, faults } = world;
  await page.getByRole('button', { name: 'Fields' }).click();
  await page.getByRole('menuitem', { name: 'Add field' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add field' });
  await dialog.getByLabel('Field name').fill('Minutes');
  await dialog.getByRole('combobox', { name: 'Type' }).click();
  await page.getByRole('option', { name: 'Formula' }).click();
  const formula = dialog.getByLabel('Formula');
  await formula.fill('{Huors} * 60');
  await dialog.getByRole('button', { name: 'Add field' }).click();
  await dialog.getByText('did you mean {Hours}?').waitFor();
  await inspect(page, 'walk-grid-formula', faults);
  await formula.fill('{Hours} * 60');
  await dialog.getByRole('button', { name: 'Add field' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('columnheader', { name: 'Minutes' }).scrollIntoViewIfNeeded();
  const hours = await cells(world, 'Hours');
  const minutes = hours.map((one) => (one ?? 0) * 60);
  await page.getByRole('grid').getByText(minutes[0].toFixed(1), { exact: true }).waitFor();
  await holds(world, 'Minutes', minutes);
  await goTo(page, 0, 1);
  await press(page, '3', 'Enter', 'ArrowUp', 'End');
  await page.getByRole('grid').getByText('180.0', { exact: true }).waitFor();
}

/** A choice is renamed where records have it; one that goes is named with their number first. */
async function changeChoices(world) {
  const { page, faults } = world;
  const open = async () => {
    await page.getByRole('columnheader', { name: 'Status' }).getByRole('button').click();
    await page.getByRole('menuitem', { name: 'Edit field' }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit field Status' });
    // A dialog takes the focus a moment after it is there, and keys with it.
    await dialog.getByRole('textbox', { name: 'Field name' }).and(page.locator(':focus')).waitFor();
    return dialog;
  };
  const before = await cells(world, 'Status');
  const renamed = before.map((name) => (name === 'Doing' ? 'At work' : name));
  assert.notDeepEqual(renamed, before);
  await goTo(page, 0, 2);
  const rename = await open();
  await rename.getByRole('textbox', { name: 'Name of choice 2' }).fill('At work');
  await press(page, 'Alt+ArrowUp', 'Enter');
  await page.keyboard.type('Later');
  await rename.getByRole('button', { name: 'Colour of Later' }).click();
  await page.getByRole('menuitem', { name: 'Red, bright' }).waitFor();
  await page.getByRole('menuitem', { name: 'Red, bright' }).click();
  await inspect(page, 'walk-grid-choice-names', faults);
  await rename.getByRole('button', { name: 'Save field' }).click();
  await rename.waitFor({ state: 'detached' });
  await holds(world, 'Status', renamed);
  const remove = await open();
  await remove.getByRole('button', { name: 'Delete At work' }).click();
  await remove.getByRole('button', { name: 'Save field' }).click();
  await remove.getByText(/records? ha(s|ve) "At work"/).waitFor();
  await inspect(page, 'walk-grid-choice-in-use', faults);
  await remove.getByRole('button', { name: 'Delete choice and empty cells' }).click();
  await remove.waitFor({ state: 'detached' });
  const left = renamed.map((name) => (name === 'At work' ? undefined : name));
  await holds(world, 'Status', left);
}

/** Who may only read sees a grid that nothing can be typed into, and leaves it with Tab. */
async function lookOnly(world) {
  const { page, server, baseId, table } = world;
  const path = `**/api/airtable/bases/${baseId}`;
  await page.route(path, async (route) => {
    const response = await route.fetch();
    const json = { ...(await response.json()), permission_level: 'read' };
    await route.fulfill({ response, json });
  });
  await page.goto(`${server.origin}/bases/${baseId}/${table.id}`);
  await at(page, 0, 0).getByText('Draft').waitFor();
  assert.equal(await page.getByRole('button', { name: 'New record' }).count(), 0);
  await page.getByRole('grid').focus();
  await press(page, 'Enter', 'F2', 'x', 'Delete');
  assert.equal(await page.getByRole('grid').getByRole('textbox').count(), 0);
  await press(page, 'Tab');
  assert.equal(await page.getByRole('grid').evaluate((grid) => grid.matches(':focus')), false);
  await page.unroute(path);
  await holds(world, 'Name', ['Draft', 'Build', 'Test', 'Ship', 'Fifth']);
}
