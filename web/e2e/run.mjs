import { launch, openPage } from './browser.mjs';
import { inspect } from './checks.mjs';
import { startServer } from './server.mjs';
import { walk } from './walk.mjs';

const DESKTOP = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

const binary = process.env.PYAIRTABLE_BIN;
if (!binary) throw new Error('Set PYAIRTABLE_BIN to the path of the server binary.');

const faults = [];
const server = await startServer(binary);
const browser = await launch();
try {
  const page = await openPage(browser, { colorScheme: 'light' }, faults);
  const basePath = await walk(page, server, faults);
  const storageState = await page.context().storageState();
  await page.context().close();
  await inspectEverything(basePath, storageState);
} finally {
  await browser.close();
  await server.stop();
}
if (faults.length > 0) {
  console.error([...new Set(faults)].join('\n'));
  process.exit(1);
}
console.log('all checks passed');

async function inspectEverything(basePath, storageState) {
  const pages = {
    bases: '/',
    table: basePath,
    record: `${basePath}?row=3`,
    connect: '/connect',
    profile: '/settings',
    keys: '/settings?tab=keys',
    members: '/settings?tab=members',
    health: '/settings?tab=health',
  };
  // One context in turn: refresh tokens rotate, so parallel copies of a session would end it.
  let state = storageState;
  for (const [size, view] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    for (const colorScheme of ['light', 'dark']) {
      const page = await openPage(browser, { ...view, colorScheme, storageState: state }, faults);
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(server.origin + path, { waitUntil: 'networkidle' });
        await inspect(page, `${name}-${size}-${colorScheme}`, faults);
      }
      await inspectOverlays(page, `${size}-${colorScheme}`);
      state = await page.context().storageState();
      await page.context().close();
    }
  }
}

async function inspectOverlays(page, suffix) {
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Go to a base').waitFor();
  await page.waitForTimeout(400);
  await inspect(page, `palette-${suffix}`, faults);
  await page.keyboard.press('Escape');
  await page.getByPlaceholder('Go to a base').waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await inspect(page, `keys-help-${suffix}`, faults);
}
