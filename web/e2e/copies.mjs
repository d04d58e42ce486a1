import assert from 'node:assert/strict';
import { inspect } from './checks.mjs';

const BASE = 'appTest0000000001';

/** An offered base is copied, a field of it hidden, and a cell of the copy changed; answers where its grid is. */
export async function walkCopies(page, server, faults) {
  await page.goto(`${server.origin}/connections`);
  await copy(page, faults);
  await steer(page);
  await hide(page, faults, {
    field: 'Notes',
    told: '2 fields hidden',
    save: 'Save and copy anew',
  });
  await inStep(page);
  return workInCopy(page, faults);
}

const inStep = (page) =>
  page.getByText('The copy of Client tests is in step with Airtable', { exact: true }).waitFor();

async function copy(page, faults) {
  const offered = page.getByRole('radiogroup', { name: 'How Client tests is offered' });
  await offered.getByText('Read and write').click();
  await hide(page, faults, { field: 'Tags', told: '1 field hidden', save: 'Save' });
  const read = page.getByRole('radiogroup', { name: 'How Client tests is read' });
  await read.getByRole('radio', { name: 'Asked each time' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByText('Client tests is being copied', { exact: true }).first().waitFor();
  await page.getByText('requests to Airtable in the last minute').first().waitFor();
  await inStep(page);
  await inspect(page, 'connections-copied', faults);
  await page.keyboard.press('ArrowLeft');
  const question = page.getByRole('dialog', { name: 'Remove the copy of Client tests?' });
  await inspect(page, 'connections-end-copy', faults);
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  assert.ok(await read.getByRole('radio', { name: 'Copied here' }).isChecked());
}

async function steer(page) {
  const button = (name) => page.getByRole('button', { name });
  await button('Pause the copy of Client tests').click();
  await page.getByText(/^Paused; last in step/).waitFor();
  await button('Continue the copy of Client tests').click();
  await inStep(page);
  await button('Compare now: Client tests').click();
  await page.getByText('Comparing is about to begin').waitFor();
  await inStep(page);
  await page.getByText('no record differed').waitFor();
}

export async function openHiding(page) {
  await page.getByRole('button', { name: 'Hide parts of Client tests' }).click();
  const dialog = page.getByRole('dialog', { name: 'Hide parts of Client tests' });
  await dialog.getByRole('list', { name: 'Fields of Tasks' }).waitFor();
  return dialog;
}

async function hide(page, faults, { field, told, save }) {
  const dialog = await openHiding(page);
  const fields = dialog.getByRole('list', { name: 'Fields of Tasks' });
  assert.ok(await fields.getByRole('checkbox', { name: 'Name' }).isDisabled());
  await fields.getByRole('checkbox', { name: field }).focus();
  await page.keyboard.press(' ');
  await dialog.getByText(told).waitFor();
  await inspect(page, `connections-hide-${field}`, faults);
  await dialog.getByRole('button', { name: save, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('rowheader', { name: 'Client tests' }).getByText(told).waitFor();
  const button = page.getByRole('button', { name: 'Hide parts of Client tests' });
  await button.and(page.locator(':focus')).waitFor();
}

async function workInCopy(page, faults) {
  await page.getByRole('link', { name: 'Data', exact: true }).first().click();
  const card = page.locator(`a[href="/bases/${BASE}"]`);
  await card.getByText('Copy of Airtable').waitFor();
  await inspect(page, 'bases-copied', faults);
  await card.click();
  await page.getByRole('columnheader', { name: 'Name' }).waitFor();
  for (const name of ['Notes', 'Tags']) {
    assert.equal(await page.getByRole('columnheader', { name }).count(), 0, `${name} is hidden`);
  }
  for (const name of ['Add field', 'New view', 'Import CSV']) {
    assert.equal(await page.getByRole('button', { name }).count(), 0, `no ${name} in a copy`);
  }
  await page.locator('#c0-0').getByText('Paint').waitFor();
  await page.getByRole('grid').focus();
  await page.keyboard.type('Paint the door');
  await page.keyboard.press('Enter');
  await page.getByText('1 cell changed').waitFor();
  await page.keyboard.press('Control+z');
  await page.locator('#c0-0').getByText('Paint', { exact: true }).waitFor();
  // It fades, and must not be taken for that of the next change.
  await page.getByText('1 cell changed').waitFor({ state: 'detached' });
  await page.getByRole('grid').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.type('Paint the door');
  await page.keyboard.press('Enter');
  await page.getByText('1 cell changed').waitFor();
  await page.reload();
  await page.locator('#c0-0').getByText('Paint the door').waitFor();
  await addAndDelete(page);
  await inspect(page, 'grid-of-copy', faults);
  return new URL(page.url()).pathname;
}

async function addAndDelete(page) {
  await page.getByRole('grid').focus();
  await page.keyboard.press('Shift+Enter');
  await page.getByText('1 record made').waitFor();
  await page.keyboard.type('Clean up');
  await page.keyboard.press('Enter');
  await page.getByText('1 cell changed').waitFor();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Control+Delete');
  await page.getByText('1 record deleted').waitFor();
  await page.getByText('Clean up').waitFor({ state: 'detached' });
}
