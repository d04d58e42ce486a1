import { expect, it } from 'vitest';
import { isCurrent } from './navigation';

it('lights the page of an address, and no other that begins alike', () => {
  expect(isCurrent('/connections', '/connections')).toBe(true);
  expect(isCurrent('/connect', '/connections')).toBe(false);
  expect(isCurrent('/history', '/history/chg1')).toBe(true);
  expect(isCurrent('/', '/bases/app1')).toBe(true);
  expect(isCurrent('/', '/history')).toBe(false);
});
