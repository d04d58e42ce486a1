import { walkAnalysis } from './analysis.mjs';
import { APPROVAL_PATH, stubApprovals, walkApprovals } from './approvals.mjs';
import { launch, openPage } from './browser.mjs';
import { inspect } from './checks.mjs';
import { walkConnections } from './connections.mjs';
import { openHiding } from './copies.mjs';
import { walkGrid } from './grid.mjs';
import { walkHistory } from './history.mjs';
import { inspectImport, walkImports } from './imports.mjs';
import { walkQuery } from './query.mjs';
import { walkSagas } from './sagas.mjs';
import { startServer } from './server.mjs';
import { walkViews } from './views.mjs';
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
  const { gridPath, filteredPath } = await walkGrid(page, server, basePath, faults);
  const viewPath = await walkViews(page, server, gridPath, faults);
  const { changePath, undoPath } = await walkHistory(page, server, basePath, faults);
  const queryPath = await walkQuery(page, server, basePath);
  await walkApprovals(page, server, faults);
  const sagas = await walkSagas(page, server, faults);
  const copyPath = await walkConnections(page, server, faults);
  const analysisPath = await walkAnalysis(page, server, basePath, faults);
  const importPath = await walkImports(page, server, basePath, faults);
  const storageState = await page.context().storageState();
  await page.context().close();
  await inspectEverything(
    {
      basePath,
      gridPath,
      filteredPath,
      importPath,
      viewPath,
      queryPath,
      changePath,
      undoPath,
      sagas,
      analysisPath,
      copyPath,
    },
    storageState,
  );
} finally {
  await browser.close();
  await server.stop();
}
if (faults.length > 0) {
  console.error([...new Set(faults)].join('\n'));
  process.exit(1);
}
console.log('all checks passed');

async function inspectEverything(paths, storageState) {
  const { basePath, gridPath, filteredPath, viewPath, queryPath } = paths;
  const { changePath, undoPath, sagas, analysisPath, copyPath } = paths;
  const pages = {
    bases: '/',
    table: basePath,
    record: `${basePath}?row=3`,
    query: queryPath,
    grid: gridPath,
    'grid-filtered': filteredPath,
    'grid-view': viewPath,
    'grid-record': `${gridPath}?row=1`,
    analysis: analysisPath,
    'grid-of-copy': copyPath,
    history: '/history',
    'history-none': '/history?through=saga',
    change: changePath,
    undo: undoPath,
    approvals: '/approvals',
    approval: APPROVAL_PATH,
    sagas: '/sagas',
    'sagas-none': '/sagas?state=pending',
    'sagas-attention': '/sagas/attention',
    'saga-waiting': sagas.waiting,
    'saga-needs-person': sagas.needy,
    'saga-done': sagas.done,
    'saga-start': '/sagas?start=data_sync',
    connections: '/connections',
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
      await stubApprovals(page, server);
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(server.origin + path);
        await settled(page);
        await inspect(page, `${name}-${size}-${colorScheme}`, faults);
      }
      await inspectOverlays(page, `${size}-${colorScheme}`);
      await inspectUndo(page, changePath, `${size}-${colorScheme}`);
      await inspectDecision(page, sagas.needy, `${size}-${colorScheme}`);
      await inspectHiding(page, `${size}-${colorScheme}`);
      await inspectImport(page, server.origin + paths.importPath, `${size}-${colorScheme}`, faults);
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

async function inspectUndo(page, changePath, suffix) {
  await page.goto(server.origin + changePath);
  await page.getByRole('button', { name: 'Redo', exact: true }).click();
  await page.getByText('What will happen').waitFor();
  await inspect(page, `undo-plan-${suffix}`, faults);
  await page.getByRole('radio', { name: 'Pick single records' }).check();
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await inspect(page, `undo-pick-${suffix}`, faults);
}

async function inspectDecision(page, path, suffix) {
  await page.goto(server.origin + path);
  await page.getByRole('button', { name: 'Mark as done: ship' }).click();
  await page.getByText('What will happen').waitFor();
  await inspect(page, `saga-decide-${suffix}`, faults);
}

async function inspectHiding(page, suffix) {
  await page.goto(`${server.origin}/connections`);
  await openHiding(page);
  await inspect(page, `hide-parts-${suffix}`, faults);
}

/** Pages that poll are never idle for long; they are there once nothing is loading any more. */
async function settled(page) {
  await page.locator('h1').first().waitFor();
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
  await page.waitForLoadState('networkidle');
}
