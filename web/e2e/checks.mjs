import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const axeSource = await readFile(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Picture, accessibility and width of the page as it stands. */
export async function inspect(page, name, faults) {
  await page.waitForTimeout(350);
  await savePicture(page, name);
  await checkWidth(page, name, faults);
  await page.evaluate(axeSource);
  const violations = await page.evaluate(
    async (tags) => (await window.axe.run(document, { runOnly: tags })).violations,
    TAGS,
  );
  for (const violation of violations) {
    const where = violation.nodes
      .slice(0, 2)
      .map((node) => `${node.target} ${node.failureSummary}`);
    faults.push(`axe ${name}: ${violation.id}: ${where.join(' | ').replace(/\s+/g, ' ')}`);
  }
}

async function savePicture(page, name) {
  const folder = process.env.SHOTS_DIR;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

async function checkWidth(page, name, faults) {
  const extra = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (extra > 0) faults.push(`width ${name}: ${extra}px wider than the window`);
}

/** Frame times while the grid scrolls at a steady, fast pace. */
export function measureScroll(page, step) {
  return page.evaluate(async (step) => {
    const grid = document.querySelector('[role=grid]');
    const frames = [];
    let last = performance.now();
    for (let n = 0; n < 240; n += 1) {
      grid.scrollTop += step;
      const now = await new Promise(requestAnimationFrame);
      frames.push(now - last);
      last = now;
    }
    frames.sort((a, b) => a - b);
    const at = (share) => Number(frames[Math.floor(frames.length * share)].toFixed(1));
    return { p50: at(0.5), p95: at(0.95), domRows: grid.querySelectorAll('[role=row]').length };
  }, step);
}
