import { expect, it } from 'vitest';
import { byDay, comingText, dayTitle, fullTime, shortTime } from './times';

const now = new Date(2026, 10, 25, 15, 0).getTime();
const at = (...parts: [number, number, number, number?, number?]) =>
  new Date(...(parts as [number, number, number])).toISOString();

it('counts minutes while a change is fresh', () => {
  expect(shortTime(new Date(now - 20_000).toISOString(), now)).toBe('just now');
  expect(shortTime(new Date(now - 3 * 60_000).toISOString(), now)).toBe('3 min ago');
  expect(shortTime(new Date(now - 61 * 60_000).toISOString(), now)).toMatch(/13:59|1:59/);
});

it('names a time to come by the clock, with the date on another day', () => {
  const [soon, tomorrow] = [at(2026, 10, 25, 15, 20), at(2026, 10, 26, 15, 20)];
  expect(comingText(soon, now)).toMatch(/^0?(15|3):20( PM)?$/);
  expect(comingText(tomorrow, now)).toBe(fullTime(tomorrow));
});

it('names days as people do', () => {
  expect(dayTitle(at(2026, 10, 25), now)).toBe('Today');
  expect(dayTitle(at(2026, 10, 24), now)).toBe('Yesterday');
  expect(dayTitle(at(2026, 10, 23), now)).toMatch(/^Monday,? 23 November$/);
  expect(dayTitle(at(2025, 10, 23), now)).toBe('23 November 2025');
});

it('groups neighbours of one day and keeps the order', () => {
  const times = [new Date(now).toISOString(), at(2026, 10, 25), at(2026, 10, 24)];
  const days = byDay(times, (time) => time, now);
  expect(days.map((day) => [day.title, day.items.length])).toEqual([
    ['Today', 2],
    ['Yesterday', 1],
  ]);
});
