import assert from 'node:assert/strict';
import { inspect } from './checks.mjs';
import { walkCopies } from './copies.mjs';
import { TOKEN } from './server.mjs';

const BASE = 'appTest0000000001';

/** An account at the stand-in is connected, its base offered and then copied; all stays for what follows. */
export async function walkConnections(page, server, faults) {
  await page.goto(`${server.origin}/`);
  await page.getByRole('link', { name: 'Airtable', exact: true }).click();
  await page.getByRole('heading', { name: 'No account at Airtable is connected' }).waitFor();
  await inspect(page, 'connections-none', faults);
  await refuse(page, faults);
  await connect(page);
  await disconnect(page, faults);
  await page.getByRole('button', { name: 'Connect an account' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Sales');
  await connect(page);
  await choose(page);
  await page.goto(`${server.origin}/`);
  await page.getByText('At Airtable', { exact: true }).waitFor();
  assert.equal(await page.locator(`a[href*="${BASE}"]`).count(), 0, 'it has no grid');
  await inspect(page, 'bases-at-airtable', faults);
  return walkCopies(page, server, faults);
}

async function refuse(page, faults) {
  await page.getByRole('button', { name: 'Connect an account' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Sales');
  const token = page.getByRole('textbox', { name: 'Personal access token' });
  await token.fill('patOfNobody.0123456789abcdef');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText('Airtable does not accept this token').waitFor();
  assert.equal(await token.inputValue(), '', 'a token does not stay in the form');
  assert.ok(await token.evaluate((input) => input === document.activeElement));
  await inspect(page, 'connections-refused', faults);
}

async function connect(page) {
  await page.getByRole('textbox', { name: 'Personal access token' }).fill(TOKEN);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText('token ends in …abcd').waitFor();
  const title = page.getByRole('heading', { name: 'Sales' });
  assert.ok(await title.evaluate((element) => element === document.activeElement));
  const left = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.body.outerHTML]),
  );
  assert.ok(!left.includes(TOKEN), 'a token is sent and forgotten');
}

async function choose(page) {
  const how = page.getByRole('radiogroup', { name: 'How Client tests is offered' });
  await how.getByText('Read and write').click();
  await page.getByText('1 of 1 base offered').waitFor();
  await how.getByRole('radio', { name: 'Read and write' }).focus();
  await page.keyboard.press('ArrowLeft');
  await page.getByText('Client tests is offered for reading', { exact: true }).waitFor();
  await how.getByText('Not offered').click();
  await page.getByText('0 of 1 base offered').waitFor();
  await how.getByText('Read', { exact: true }).click();
  await page.getByText('1 of 1 base offered').waitFor();
}

async function disconnect(page, faults) {
  await page.getByRole('button', { name: 'Remove Sales' }).click();
  const dialog = page.getByRole('dialog', { name: 'Remove “Sales”?' });
  await dialog.getByText('nothing changes at Airtable').waitFor();
  await inspect(page, 'connections-remove', faults);
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('heading', { name: 'No account at Airtable is connected' }).waitFor();
}
