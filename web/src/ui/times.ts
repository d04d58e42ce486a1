import { en } from '@/locales/en';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const exactClock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const shortDay = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const nearDay = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
});
const farDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });

export function fullTime(time: string) {
  return whole.format(new Date(time));
}

export function dayText(time: string) {
  return shortDay.format(new Date(time));
}

/** The time of day to the second. */
export function clockText(time: string) {
  return exactClock.format(new Date(time));
}

/** Minutes while it is fresh, then the time of day: the day stands above the list. */
export function shortTime(time: string, now: number) {
  const age = now - new Date(time).getTime();
  if (age < MINUTE) return en.history.justNow;
  if (age < 60 * MINUTE) return en.history.minutesAgo(Math.floor(age / MINUTE));
  return clock.format(new Date(time));
}

/** As above, with the date once it is another day. */
export function timeText(time: string, now: number) {
  const isToday = new Date(time).toDateString() === new Date(now).toDateString();
  return isToday ? shortTime(time, now) : fullTime(time);
}

/** A time that is still to come: the time of day, with the date unless it is today. */
export function comingText(time: string, now: number) {
  const isToday = new Date(time).toDateString() === new Date(now).toDateString();
  return isToday ? clock.format(new Date(time)) : fullTime(time);
}

export function dayTitle(time: string, now: number) {
  const date = new Date(time);
  const day = date.toDateString();
  if (day === new Date(now).toDateString()) return en.history.today;
  if (day === new Date(now - DAY).toDateString()) return en.history.yesterday;
  const isFar = date.getFullYear() !== new Date(now).getFullYear();
  return (isFar ? farDay : nearDay).format(date);
}

export interface Day<T> {
  title: string;
  items: T[];
}

/** Neighbours of one day together; the order stays. */
export function byDay<T>(items: T[], timeOf: (item: T) => string, now: number): Day<T>[] {
  const days: Day<T>[] = [];
  for (const item of items) {
    const title = dayTitle(timeOf(item), now);
    const last = days.at(-1);
    if (last?.title === title) last.items.push(item);
    else days.push({ title, items: [item] });
  }
  return days;
}
