import type { FieldOptions } from '@/api/types';

/** A date as people type it, in the order of the field's format; nothing when it is none. */
export function parseDate(text: string, options: FieldOptions): string | undefined {
  const [, day] = readDay(text.trim(), options) ?? [];
  return day;
}

/** The same with a time, as an instant. */
export function parseDateTime(text: string, options: FieldOptions): string | undefined {
  const trimmed = text.trim();
  if (/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/.test(trimmed)) return instant(new Date(trimmed));
  const [length, day] = readDay(trimmed, options) ?? [];
  if (!day || length === undefined) return undefined;
  const time = readTime(trimmed.slice(length));
  if (!time) return undefined;
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const wall = Date.UTC(year, month - 1, date, ...time);
  return instant(new Date(wall - offsetAt(wall, zoneOf(options.timeZone))));
}

/** The text that a date is edited as; what is read back is the same date. */
export function editDate(value: string, options: FieldOptions, withTime: boolean): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return value;
  const shift = withTime ? offsetAt(date.getTime(), zoneOf(options.timeZone)) : 0;
  const [day = '', time = ''] = new Date(date.getTime() + shift).toISOString().split('T');
  const text = inOrder(day, options.dateFormat?.name);
  return withTime ? `${text} ${time.slice(0, time.startsWith(':00', 5) ? 5 : 8)}` : text;
}

function inOrder(day: string, format: string | undefined) {
  const [year, month, date] = day.split('-');
  if (format === 'us') return `${Number(month)}/${Number(date)}/${year}`;
  if (format === 'european') return `${Number(date)}/${Number(month)}/${year}`;
  return day;
}

/** How much of the text a day takes, and the day. */
function readDay(text: string, options: FieldOptions): [number, string] | undefined {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})/.exec(text);
  if (iso) return dayOf(iso[0], iso[1], iso[2], iso[3]);
  const short = /^(\d{1,2})[/.-]\s?(\d{1,2})[/.-]\s?(\d{4}|\d\d)/.exec(text);
  if (short) {
    const isDayFirst = options.dateFormat?.name === 'european' || text.includes('.');
    const year = short[3]?.length === 2 ? `20${short[3]}` : short[3];
    return isDayFirst
      ? dayOf(short[0], year, short[2], short[1])
      : dayOf(short[0], year, short[1], short[2]);
  }
  const word = /^(today|tomorrow|yesterday)/i.exec(text);
  if (word) return [word[0].length, nearToday(word[0].toLowerCase())];
  const named = /^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})/.exec(text);
  if (named) return dayOf(named[0], named[3], monthNamed(named[1]), named[2]);
  const reversed = /^(\d{1,2})\.? ([A-Za-z]{3,9})\.?,? (\d{4})/.exec(text);
  if (!reversed) return undefined;
  return dayOf(reversed[0], reversed[3], monthNamed(reversed[2]), reversed[1]);
}

function dayOf(
  matched: string,
  year: string | undefined,
  month: string | number | undefined,
  date: string | undefined,
): [number, string] | undefined {
  const day = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date)));
  const isReal = day.getUTCMonth() === Number(month) - 1 && day.getUTCDate() === Number(date);
  return isReal ? [matched.length, day.toISOString().slice(0, 10)] : undefined;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function monthNamed(name: string | undefined) {
  return MONTHS.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1;
}

function nearToday(word: string) {
  const days = word === 'tomorrow' ? 1 : word === 'yesterday' ? -1 : 0;
  const now = new Date();
  const day = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate() + days);
  return new Date(day).toISOString().slice(0, 10);
}

function readTime(text: string): [number, number, number] | undefined {
  if (!text.trim()) return [0, 0, 0];
  const found = /^[\sT,]+(\d{1,2}):(\d\d)(?::(\d\d))?\s*([ap]m)?$/i.exec(text);
  if (!found) return undefined;
  const half = found[4]?.toLowerCase();
  let hour = Number(found[1]);
  if (half) hour = (hour % 12) + (half === 'pm' ? 12 : 0);
  const [minute, second] = [Number(found[2]), Number(found[3] ?? 0)];
  return hour < 24 && minute < 60 && second < 60 ? [hour, minute, second] : undefined;
}

function zoneOf(name: string | undefined) {
  if (name === 'utc') return 'UTC';
  return name === 'client' ? undefined : name;
}

/** How far the clocks of a zone are ahead of UTC; `moment` may be wall time, which is near enough but in a change of clocks. */
function offsetAt(moment: number, timeZone: string | undefined): number {
  const first = offset(moment, timeZone);
  return offset(moment - first, timeZone);
}

function offset(moment: number, timeZone: string | undefined): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(moment);
  const at = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(
    at('year'),
    at('month') - 1,
    at('day'),
    at('hour'),
    at('minute'),
    at('second'),
  );
  return wall - Math.floor(moment / 1000) * 1000;
}

function instant(date: Date) {
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
