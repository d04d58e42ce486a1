import type { FieldOptions } from '@/api/types';

const STYLES: Record<string, [string, Intl.DateTimeFormatOptions]> = {
  friendly: ['en-US', { year: 'numeric', month: 'long', day: 'numeric' }],
  us: ['en-US', { year: 'numeric', month: 'numeric', day: 'numeric' }],
  european: ['en-GB', { year: 'numeric', month: 'numeric', day: 'numeric' }],
  iso: ['en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' }],
};
const formats = new Map<string, Intl.DateTimeFormat>();

export function formatDate(value: string, options: FieldOptions, withTime: boolean): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return value;
  const zone = withTime ? zoneOf(options.timeZone) : 'UTC';
  const day = dayFormat(options.dateFormat?.name ?? 'local', zone).format(date);
  if (!withTime) return day;
  return `${day} ${timeFormat(options.timeFormat?.name === '12hour', zone).format(date)}`;
}

function zoneOf(name: string | undefined) {
  if (name === 'utc') return 'UTC';
  return name === 'client' ? undefined : name;
}

function dayFormat(style: string, timeZone: string | undefined) {
  const [locale, options] = STYLES[style] ?? [undefined, { dateStyle: 'medium' }];
  return cached(`day ${style} ${timeZone}`, locale, { ...options, timeZone });
}

function timeFormat(is12: boolean, timeZone: string | undefined) {
  return cached(`time ${is12} ${timeZone}`, is12 ? 'en-US' : 'en-GB', {
    hour: is12 ? 'numeric' : '2-digit',
    minute: '2-digit',
    hour12: is12,
    timeZone,
  });
}

/** Building a formatter costs more than using it a hundred times, hence the cache. */
function cached(key: string, locale: string | undefined, options: Intl.DateTimeFormatOptions) {
  const known = formats.get(key);
  if (known) return known;
  const made = make(locale, options);
  formats.set(key, made);
  return made;
}

function make(locale: string | undefined, options: Intl.DateTimeFormatOptions) {
  try {
    return new Intl.DateTimeFormat(locale, options);
  } catch {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
  }
}
