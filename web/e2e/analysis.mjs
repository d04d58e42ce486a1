import { scriptOf } from './api.mjs';
import { inspect } from './checks.mjs';

/** From a table to the analysis of its base, which names what is wrong, and back to a table. */
export async function walkAnalysis(page, server, basePath, faults) {
  const call = await scriptOf(page, server);
  const baseId = basePath.split('/')[2];
  const names = ['Twin', 'Twin', ' Twin'];
  await call('POST', `/v0/${baseId}/Notes`, {
    records: names.map((Title) => ({ fields: { Title } })),
  });
  await page.goto(server.origin + basePath);
  await page.getByRole('link', { name: 'Analysis' }).click();
  await page.getByRole('heading', { name: /^Analysis of / }).waitFor();
  const graph = page.getByRole('region', { name: 'How tables are linked' });
  await graph.locator('path').first().waitFor();
  const findings = page.getByRole('region', { name: 'Worth mending' });
  await findings.getByText('records of "Notes" have the name of another').waitFor();
  await inspect(page, 'walk-analysis', faults);
  await graph.getByRole('link', { name: /^Notes/ }).click();
  await page.getByRole('heading', { name: 'Notes' }).waitFor();
  return `/bases/${baseId}/analysis`;
}
