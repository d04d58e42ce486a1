import assert from 'node:assert/strict';
import { inspect, measureScroll } from './checks.mjs';

export const OWNER = {
  name: 'Ines Varga',
  email: 'ines@example.com',
  password: 'a short sentence works',
};

/** From a fresh server to signed in again, the way a new owner goes. */
export async function walk(page, server, faults) {
  await setUp(page, server, faults);
  const basePath = await openSampleBase(page, faults);
  await workInGrid(page, faults);
  await createKey(page, server, faults);
  await changePassword(page, server, faults);
  await signOutAndIn(page, server, faults);
  return basePath;
}

export async function setUp(page, server, faults) {
  await page.goto(server.origin + server.setupPath);
  await page.getByRole('heading', { name: 'Set up your server' }).waitFor();
  await inspect(page, 'setup', faults);
  await page.getByLabel('Your name').fill(OWNER.name);
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(OWNER.password);
  await page.getByLabel('Workspace name').fill('My workspace');
  await page.getByRole('button', { name: 'Create owner' }).click();
  await page.getByRole('heading', { name: 'Bases', exact: true }).waitFor();
}

export async function openSampleBase(page, faults) {
  const card = page.locator('a[href^="/bases/"]').first();
  const empty = page.getByRole('heading', { name: 'No bases yet' });
  await card.or(empty).first().waitFor();
  if (await empty.isVisible()) {
    await inspect(page, 'bases-empty', faults);
    await page.getByRole('button', { name: 'Create sample base' }).click();
  } else {
    await card.click();
  }
  await page.getByRole('gridcell').first().waitFor();
  await page.waitForURL(/\/bases\/[^/]+\/[^/?]+/);
  return new URL(page.url()).pathname;
}

async function workInGrid(page, faults) {
  const grid = page.getByRole('grid');
  await grid.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  assert.equal(await grid.getAttribute('aria-activedescendant'), 'c1-1');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Control+c');
  await page.getByText('2 cells copied').waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied.split('\n').length, 2);
  await page.keyboard.press('Control+End');
  const total = Number(await grid.getAttribute('aria-rowcount')) - 1;
  const columns = await grid.getAttribute('aria-colcount');
  await page.locator(`#c${total - 1}-${columns - 1}`).waitFor();
  await page.keyboard.press('Control+Home');
  await sortByFirstField(page);
  await openRecord(page, grid, faults);
  if (total < 1000) return;
  console.log('scroll 140 px a frame', await measureScroll(page, 140));
  console.log('scroll 5000 px a frame', await measureScroll(page, 5000));
}

async function sortByFirstField(page) {
  await page.getByRole('columnheader').nth(1).getByRole('button').click();
  await page.getByRole('menuitem', { name: 'Sort descending' }).click();
  await page.locator('[role=columnheader][aria-sort=descending]').waitFor();
  assert.match(page.url(), /sort=/);
}

async function openRecord(page, grid, faults) {
  await page.getByRole('gridcell').first().waitFor();
  await grid.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press(' ');
  const panel = page.getByRole('complementary', { name: 'Record' });
  await panel.getByRole('heading').waitFor();
  await inspect(page, 'walk-record', faults);
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
}

async function createKey(page, server, faults) {
  await page.goto(`${server.origin}/connect`);
  await answerOnceAsStale(page, '**/api/auth/keys');
  await page.getByRole('button', { name: 'Create key' }).click();
  await confirmPassword(page, 'confirm-password', faults);
  const key = await page.getByTestId('new-key').innerText();
  await page.getByRole('tab', { name: 'curl' }).click();
  const code = await page.getByRole('region').locator('code').first().innerText();
  assert.ok(code.includes(key) && code.includes(server.origin), 'settings hold the fresh key');
  await inspect(page, 'connect-key', faults);
  await page.reload();
  await page.getByRole('button', { name: 'Create key' }).waitFor();
  assert.ok(!(await page.content()).includes(key), 'a key is shown once');
}

/** The server's clock is not ours to move, so its refusal is put in front of its own answer. */
async function answerOnceAsStale(page, path) {
  const problem = { title: 'Confirm', status: 403, code: 'reauthentication_required' };
  const answer = { status: 403, contentType: 'application/problem+json', json: problem };
  await page.route(path, (route) => route.fulfill(answer), { times: 1 });
}

async function confirmPassword(page, name, faults) {
  const dialog = page.getByRole('dialog', { name: 'Confirm it is you' });
  const field = dialog.getByRole('textbox', { name: 'Password' });
  await field.fill('not the password');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await dialog.getByRole('alert').waitFor();
  await inspect(page, name, faults);
  await field.fill(OWNER.password);
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await dialog.waitFor({ state: 'detached' });
}

async function changePassword(page, server, faults) {
  await page.goto(`${server.origin}/settings?tab=profile`);
  await page.getByLabel('New password').fill('another short sentence');
  await answerOnceAsStale(page, '**/api/auth/password');
  await page.getByRole('button', { name: 'Change password' }).click();
  await confirmPassword(page, 'settings-confirm-password', faults);
  await page.getByText('Password changed').waitFor();
  OWNER.password = 'another short sentence';
}

async function signOutAndIn(page, server, faults) {
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.goto(`${server.origin}/invite#token=none`);
  await page.getByRole('heading', { name: 'Join the workspace' }).waitFor();
  await inspect(page, 'invite', faults);
  await page.goto(`${server.origin}/settings?tab=keys`);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await inspect(page, 'sign-in', faults);
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'API keys' }).waitFor();
}
