/** Asks a base by SQL: a first statement, a join over links, one that is wrong. */
export async function walkQuery(page, server, basePath) {
  const path = basePath.replace(/[^/]+$/, 'query');
  await page.goto(server.origin + basePath);
  await page.getByRole('button', { name: 'Base menu' }).click();
  await page.getByRole('menuitem', { name: 'Query with SQL' }).click();
  await page.waitForURL(server.origin + path);
  const editor = page.getByLabel('SQL statement');
  await page.waitForFunction(
    () => document.querySelector('textarea')?.value.startsWith('SELECT *') === true,
  );
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText(/\d+ rows · /).waitFor();
  const tables = page.getByRole('complementary', { name: 'Tables and columns' });
  await tables.locator('summary').first().click();
  await editor.fill('SELECT COUNT(*) AS n FROM ');
  await tables
    .getByTitle(/^Insert/)
    .first()
    .click();
  await editor.press('Control+Enter');
  await page.getByRole('columnheader', { name: 'n', exact: true }).waitFor();
  await editor.fill('SELECT Nonsense FROM Nowhere');
  await editor.press('Control+Enter');
  await page.getByRole('alert').getByText('no such table: Nowhere').waitFor();
  return path;
}
