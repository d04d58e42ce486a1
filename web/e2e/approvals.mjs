import { inspect } from './checks.mjs';
import { OWNER } from './walk.mjs';

const MINUTE = 60_000;
export const APPROVAL_PATH = '/approvals/apr1';

/** Answers for the server, so that every state of a request can be seen without a client that asks. */
export async function stubApprovals(page, server) {
  const plan = await planOf(page, server);
  let state = 'pending';
  await page.route(/\/api\/saga\/approvals/, (route) => {
    const request = route.request();
    const path = new URL(request.url()).pathname;
    if (request.method() === 'POST') {
      state = path.endsWith('/approve') ? 'approved' : 'rejected';
      return route.fulfill({ json: {} });
    }
    if (path.endsWith('/approvals')) {
      return route.fulfill({
        json: { items: state === 'pending' ? [approval(state, plan)] : [], next_cursor: null },
      });
    }
    return route.fulfill({ json: approval(state, plan) });
  });
}

export async function walkApprovals(page, server, faults) {
  await stubApprovals(page, server);
  await page.goto(`${server.origin}/`);
  await page.getByRole('link', { name: '1 waiting' }).click();
  await page.getByRole('heading', { name: 'Assistants that wait for you' }).waitFor();
  await page.getByRole('link', { name: 'Delete 9 cancelled tasks' }).click();
  await page.getByRole('heading', { name: /^Claude asks: / }).waitFor();
  await page.getByText('Delete 9 records in Tasks').waitFor();
  await page.getByText('1:30', { exact: true }).waitFor();
  await page.getByRole('timer').getByText('left').waitFor();
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('Go back to your client').waitFor();
  await inspect(page, 'walk-approved', faults);
  await page.getByRole('link', { name: 'All approvals' }).click();
  await page.getByRole('heading', { name: 'Nothing waits for you' }).waitFor();
  await inspect(page, 'walk-approvals-none', faults);
  await signInOnTheWay(page, server);
  await page.unrouteAll({ behavior: 'wait' });
}

/** The link that a client shows leads back to the request after signing in. */
async function signInOnTheWay(page, server) {
  await page.context().clearCookies();
  await page.goto(server.origin + APPROVAL_PATH);
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: /^Claude asks: / }).waitFor();
}

const at = (offset) => new Date(Date.now() + offset).toISOString();

/** The plan with a duration of the sample base, whose field says how it is shown. */
async function planOf(page, server) {
  const get = async (path) => (await page.request.get(server.origin + path)).json();
  const { items } = await get('/api/airtable/bases');
  for (const { id, name } of items.filter(({ source }) => source === 'local')) {
    const { tables } = await get(`/api/airtable/bases/${id}`);
    const field = tables.flatMap(({ fields }) => fields).find(({ type }) => type === 'duration');
    if (!field) continue;
    const cell = { field_id: field.id, field: field.name, before: 5400, after: null };
    const [first, ...rest] = PLAN.records;
    return {
      ...PLAN,
      tables: PLAN.tables.map((table) => ({ ...table, base: name })),
      records: [{ ...first, fields: [...first.fields, cell] }, ...rest],
    };
  }
  return PLAN;
}

function approval(state, plan) {
  return {
    id: 'apr1',
    tool: 'delete_records',
    title: 'Delete 9 cancelled tasks',
    state,
    client: 'Claude',
    created_at: at(-MINUTE),
    expires_at: at(9 * MINUTE),
    plan,
  };
}

const PLAN = {
  tables: [
    { base: 'Studio', table: 'Tasks', created: 0, updated: 0, deleted: 9 },
    { base: 'Studio', table: 'Projects', created: 0, updated: 3, deleted: 0 },
  ],
  schema: ['Field "Risk" of "Tasks" was renamed to "Danger"'],
  irreversible: ['Field "Risk" of "Tasks" was renamed to "Danger"'],
  truncated: true,
  records: [
    {
      table_id: 'tbl1',
      table: 'Tasks',
      record_id: 'rec1',
      name: 'Winter catalogue',
      kind: 'deleted',
      fields: [
        { field_id: 'fld1', field: 'Task', before: 'Winter catalogue', after: null },
        {
          field_id: 'fld2',
          field: 'Project',
          before: [{ id: 'rec9', name: 'Print' }],
          after: null,
        },
        { field_id: 'fld3', field: 'Tags', before: ['late', 'paper'], after: null },
        { field_id: 'fld4', field: 'Done', before: true, after: null },
        { field_id: 'fld5', field: 'Text', before: 'A long story. '.repeat(50), after: null },
      ],
    },
    {
      table_id: 'tbl2',
      table: 'Projects',
      record_id: 'rec9',
      name: 'Print',
      kind: 'updated',
      fields: [
        {
          field_id: 'fld6',
          field: 'Tasks',
          before: [
            { id: 'rec1', name: 'Winter catalogue' },
            { id: 'rec2', name: 'Spring catalogue' },
          ],
          after: [{ id: 'rec2', name: 'Spring catalogue' }],
        },
        {
          field_id: 'fld7',
          field: 'Notes',
          before: 'The printer wants the final files before the first of May.',
          after: 'The printer wants the final files before the tenth of May.',
        },
      ],
    },
  ],
};
