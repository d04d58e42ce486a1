import { afterEach, expect, it } from 'vitest';
import type { BaseSummary } from '@/api/types';
import { leave, show, shows, until } from '@/testing/page';
import { BaseCard } from './BaseCard';

const local: BaseSummary = {
  id: 'app1',
  name: 'Launch',
  workspace_id: 'wsp1',
  permission_level: 'create',
  source: 'local',
  table_count: 3,
  record_count: 1200,
};
const remote: BaseSummary = {
  ...local,
  permission_level: 'read',
  source: 'airtable',
  table_count: null,
  record_count: null,
};

afterEach(leave);

it('opens a base that is kept here', async () => {
  await show(<BaseCard base={local} />);
  await shows('3 tables · 1,200 records');
  expect((await until(() => document.querySelector('a'))).getAttribute('href')).toBe('/bases/app1');
  expect(document.body.textContent).not.toContain('At Airtable');
});

it('opens the copy of a base at Airtable, and tags it', async () => {
  await show(<BaseCard base={{ ...local, source: 'mirror' }} />);
  await shows('Copy of Airtable');
  await shows('3 tables · 1,200 records');
  expect((await until(() => document.querySelector('a'))).getAttribute('href')).toBe('/bases/app1');
});

it('tags a base at Airtable, says how it is reached and has no link', async () => {
  await show(<BaseCard base={remote} />);
  await shows('At Airtable');
  await shows('Reached at /v0 and over MCP');
  await shows('Read only');
  expect(document.querySelector('a')).toBeNull();
});
