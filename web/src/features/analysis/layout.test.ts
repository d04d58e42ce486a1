import { expect, it } from 'vitest';
import { BOX, type Layout, layout, lines } from './layout';

const at = (made: Layout, id: string) => made.spots.get(id) ?? { x: -1, y: -1 };

it('puts the box with the most links first and the others by distance', () => {
  const made = layout(
    ['a', 'b', 'c', 'd'],
    [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'b', to: 'd' },
    ],
  );
  expect(at(made, 'b').x).toBe(0);
  for (const id of ['a', 'c', 'd']) expect(at(made, id).x).toBeGreaterThan(BOX.width);
  expect(new Set(['a', 'c', 'd'].map((id) => at(made, id).y)).size).toBe(3);
});

it('keeps boxes apart, also those of other groups and without links', () => {
  const ids = [...'abcdefghij'];
  const made = layout(ids, [
    { from: 'a', to: 'b' },
    { from: 'c', to: 'd' },
    { from: 'd', to: 'd' },
    { from: 'e', to: 'gone' },
  ]);
  expect(made.spots.size).toBe(ids.length);
  for (const one of ids) {
    for (const two of ids) {
      if (one === two) continue;
      const [a, b] = [at(made, one), at(made, two)];
      const isApart = Math.abs(a.x - b.x) >= BOX.width || Math.abs(a.y - b.y) >= BOX.height;
      expect(isApart, `${one} ${two}`).toBe(true);
    }
  }
  for (const { x, y } of made.spots.values()) {
    expect(x + BOX.width).toBeLessThanOrEqual(made.width);
    expect(y + BOX.height).toBeLessThanOrEqual(made.height);
  }
});

it('draws lines from edge to edge, with ends apart and a loop that can be seen', () => {
  const spots = new Map([
    ['a', { x: 0, y: 0 }],
    ['b', { x: 300, y: 80 }],
  ]);
  const edge = (from: string, to: string) => ({ from, to });
  const [across, back, loop, lost] = lines(
    [edge('a', 'b'), edge('b', 'a'), edge('b', 'b'), edge('a', 'gone')],
    spots,
  );
  expect([across?.start.x, across?.end.x]).toEqual([BOX.width, 300]);
  expect([back?.start.x, back?.end.x]).toEqual([300, BOX.width]);
  expect(across?.start.y).not.toBe(back?.end.y);
  expect([loop?.start.x, loop?.end.x]).toEqual([300 + BOX.width, 300 + BOX.width]);
  expect(loop?.start.y).not.toBe(loop?.end.y);
  expect(lost).toBeUndefined();
});

it('keeps the ends of many lines within the box, in the order of where they lead', () => {
  const far = Array.from({ length: 9 }, (_, n) => `t${n}`);
  const spots = new Map(far.map((id, n) => [id, { x: 300, y: n * 80 }]));
  spots.set('hub', { x: 0, y: 300 });
  const made = lines(
    far.map((to) => ({ from: 'hub', to })),
    spots,
  );
  const starts = made.map((line) => line?.start.y ?? 0);
  expect(starts).toEqual(starts.toSorted((one, other) => one - other));
  expect(Math.min(...starts)).toBeGreaterThan(300);
  expect(Math.max(...starts)).toBeLessThan(300 + BOX.height);
});

it('is empty for nothing', () => {
  expect(layout([], []).spots.size).toBe(0);
});
