import { expect, it } from 'vitest';
import type { Base, BaseSummary } from '@/api/types';
import { opened } from './opened';

const whole: Base = {
  id: 'app1',
  name: 'Launch',
  workspace_id: 'wsp1',
  permission_level: 'create',
  tables: [],
};
const listed = (over: Partial<BaseSummary>): BaseSummary => ({
  ...whole,
  source: 'mirror',
  table_count: 0,
  record_count: 0,
  ...over,
});

it('lets records of a copy be changed, and nothing else', () => {
  expect(opened(whole, listed({}))).toMatchObject({ isCopy: true, permission_level: 'edit' });
});

it('lets nothing be changed of what is offered for reading', () => {
  const base = opened(whole, listed({ permission_level: 'read' }));
  expect(base).toMatchObject({ isCopy: true, permission_level: 'read' });
});

it('leaves a base that lies here as it is, and one that the list does not have', () => {
  const local = opened(whole, listed({ source: 'local' }));
  expect(local).toMatchObject({ isCopy: false, permission_level: 'create' });
  expect(opened(whole, undefined)).toEqual({ ...whole, isCopy: false });
});
