import assert from 'node:assert/strict';
import { scriptOf } from './api.mjs';
import { inspect } from './checks.mjs';

/** A view is made over the grid's table, filtered, saved, read by a script, copied and deleted. */
export async function walkViews(page, server, gridPath, faults) {
  const call = await scriptOf(page, server);
  const [, , baseId, tableId] = gridPath.split('/');
  const world = { page, server, call, baseId, tableId, faults };
  await page.goto(server.origin + gridPath);
  await page.getByRole('gridcell').first().waitFor();
  await nameView(page, 'New view', 'Long', 'Create view');
  const viewPath = await saveFilter(world);
  await saveFields(world);
  await resetSort(world);
  await renameCopyAndDelete(world);
  return viewPath;
}

const views = (page) => page.getByRole('navigation', { name: 'Views' });
const open = (page, name) =>
  views(page).locator('[aria-current=page]').getByText(name, { exact: true }).waitFor();
const viewOf = async ({ call, baseId, tableId }, name) => {
  const path = `/api/airtable/bases/${baseId}/tables/${tableId}/views`;
  const { items } = await call('GET', path);
  return items.find((view) => view.name === name);
};

async function nameView(page, title, name, button) {
  if (title === 'New view') await page.getByRole('button', { name: title }).click();
  else await chooseFromMenu(page, title);
  const dialog = page.getByRole('dialog', { name: title });
  await dialog.getByLabel('View name').fill(name);
  await dialog.getByRole('button', { name: button }).click();
  await dialog.waitFor({ state: 'detached' });
  await open(page, name);
}

async function chooseFromMenu(page, item) {
  await page.getByRole('button', { name: /^View / }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

async function save(page) {
  const button = page.getByRole('button', { name: 'Save to view' });
  await button.click();
  await button.waitFor({ state: 'detached' });
}

async function saveFilter(world) {
  const { page, call, baseId, tableId, faults } = world;
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('button', { name: 'Add condition' }).click();
  await page.getByRole('combobox', { name: 'Field of condition 1' }).click();
  await page.getByRole('option', { name: 'Hours' }).click();
  await page.getByRole('combobox', { name: 'Comparison of condition 1' }).click();
  await page.getByRole('option', { name: 'is more than' }).click();
  await page.getByLabel('Value of condition 1').fill('2.9');
  await page.locator('#c1-0').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.getByText('Not saved to the view').waitFor();
  await inspect(page, 'walk-view-unsaved', faults);
  await save(page);
  const { search } = new URL(page.url());
  assert.match(search, /^\?view=viw\w+$/);
  await page.getByRole('button', { name: '1 condition' }).waitFor();
  await page.locator('#c0-0').getByText('Draft').waitFor();
  assert.match((await viewOf(world, 'Long')).filter, /^\{fld\w+\} > 2\.9$/);
  const { records } = await call('GET', `/v0/${baseId}/${tableId}?view=Long`);
  assert.deepEqual(
    records.map(({ fields }) => fields.Name),
    ['Draft'],
  );
  await inspect(page, 'walk-view-saved', faults);
  return new URL(page.url()).pathname + search;
}

async function saveFields(world) {
  const { page } = world;
  await page.getByRole('button', { name: 'Fields' }).click();
  await page.getByRole('menuitem', { name: 'Notes' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('columnheader', { name: 'Notes' }).waitFor({ state: 'detached' });
  await save(page);
  assert.equal((await viewOf(world, 'Long')).hiddenFieldIds.length, 1);
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await page.getByRole('button', { name: '1 hidden' }).waitFor();
}

/** What is not saved stands in the address and is given up at once. */
async function resetSort(world) {
  const { page } = world;
  await page.getByRole('button', { name: 'Sort', exact: true }).click();
  await page.getByRole('button', { name: 'Add sort' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByText('Not saved to the view').waitFor({ state: 'detached' });
  assert.doesNotMatch(page.url(), /sort=/);
  assert.equal((await viewOf(world, 'Long')).sort, undefined);
}

async function renameCopyAndDelete(world) {
  const { page, faults } = world;
  await chooseFromMenu(page, 'Duplicate view');
  const dialog = page.getByRole('dialog', { name: 'Duplicate view' });
  await dialog.getByRole('button', { name: 'Create view' }).click();
  await open(page, 'Long copy');
  const [view, copy] = [await viewOf(world, 'Long'), await viewOf(world, 'Long copy')];
  assert.equal(copy.filter, view.filter);
  assert.deepEqual(copy.hiddenFieldIds, view.hiddenFieldIds);
  await nameView(page, 'Rename view', 'Short', 'Save name');
  await chooseFromMenu(page, 'Delete view');
  const question = page.getByRole('dialog', { name: 'Delete the view Short?' });
  await inspect(page, 'walk-view-delete', faults);
  await question.getByRole('button', { name: 'Delete view' }).click();
  await open(page, 'Grid view');
  assert.equal(await viewOf(world, 'Short'), undefined);
}
