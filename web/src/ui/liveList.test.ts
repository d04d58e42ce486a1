import { expect, it } from 'vitest';
import { mergeNewest } from './liveList';

const items = (...ids: string[]) => ids.map((id) => ({ id, from: 'page' }));

it('shows the pages alone until the newest have come', () => {
  expect(mergeNewest(undefined, items('b', 'a'))).toEqual({
    items: items('b', 'a'),
    hasGap: false,
  });
});

it('puts new ones first, once, in their fresh state', () => {
  const head = [
    { id: 'c', from: 'head' },
    { id: 'b', from: 'head' },
  ];
  const { items: merged, hasGap } = mergeNewest(head, items('b', 'a'));
  expect(merged.map((item) => `${item.id} ${item.from}`)).toEqual(['c head', 'b head', 'a page']);
  expect(hasGap).toBe(false);
});

it('tells when more came than one page holds', () => {
  expect(mergeNewest(items('z', 'y'), items('b', 'a')).hasGap).toBe(true);
});

it('sees no gap in a list that was empty', () => {
  expect(mergeNewest(items('z'), []).hasGap).toBe(false);
});

it('drops what is gone from the stretch that the newest page covers', () => {
  const older = items('d', 'c', 'b', 'a');
  expect(mergeNewest(items('d', 'b'), older).items.map(({ id }) => id)).toEqual(['d', 'b', 'a']);
  expect(mergeNewest(items('d', 'b'), older, true).items.map(({ id }) => id)).toEqual(['d', 'b']);
  expect(mergeNewest([], older, true)).toEqual({ items: [], hasGap: false });
});
