import type { FieldConfig } from '@/api/types';

export interface Person {
  id: string;
  name?: string;
  email?: string;
}

export interface Attachment {
  id?: string;
  url?: string;
  filename?: string;
  size?: number;
  type?: string;
  thumbnails?: { small?: { url: string }; large?: { url: string } };
  /** Why there is no file. */
  error?: { message: string };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asList<T>(value: unknown): T[] {
  if (value === undefined || value === null) return [];
  const items = (Array.isArray(value) ? value : [value]) as T[];
  return items.filter((item) => item !== null);
}

/** Lookups may hold the same thing twice, so an id alone is no key. */
export function keyed<T>(items: T[], idOf: (item: T) => string): { key: string; item: T }[] {
  const seen = new Map<string, number>();
  return items.map((item) => {
    const id = idOf(item);
    const count = seen.get(id) ?? 0;
    seen.set(id, count + 1);
    return { key: `${id}/${count}`, item };
  });
}

export function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What formulas give back when there is no plain value: an error or a number that is none. */
export function specialText(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  if (typeof value.error === 'string') return value.error;
  if (value.specialValue === 'Infinity') return '∞';
  if (value.specialValue === '-Infinity') return '-∞';
  return typeof value.specialValue === 'string' ? value.specialValue : undefined;
}

const COMPUTED = ['formula', 'rollup', 'multipleLookupValues'];
const TIMESTAMPS = ['createdTime', 'lastModifiedTime'];

/** The type that a cell looks like: computed fields look like their result. */
export function shownAs(field: FieldConfig): FieldConfig {
  if (COMPUTED.includes(field.type)) {
    return shownAs(field.options?.result ?? { type: 'singleLineText' });
  }
  if (TIMESTAMPS.includes(field.type)) {
    return field.options?.result ?? { type: 'dateTime', options: field.options };
  }
  return field;
}

const NUMERIC = ['number', 'currency', 'percent', 'duration', 'autoNumber', 'count'];

export function isNumeric(field: FieldConfig) {
  return field.type !== 'multipleLookupValues' && NUMERIC.includes(shownAs(field).type);
}

const SCHEMES = ['http:', 'https:', 'mailto:', 'tel:'];

/** Cell text may come from strangers, so only schemes that cannot run code become links. */
export function safeHref(type: string, value: string): string | undefined {
  const trimmed = value.trim();
  if (type === 'email') return /^\S+@\S+$/.test(trimmed) ? `mailto:${trimmed}` : undefined;
  if (type === 'phoneNumber') {
    const digits = trimmed.replace(/[^\d+]/g, '');
    return digits ? `tel:${digits}` : undefined;
  }
  const hasScheme = /^[a-z][a-z\d+.-]*:/i.test(trimmed);
  const isDomain = /^[\w-]+(\.[\w-]+)+([/?#]|$)/.test(trimmed);
  if (!hasScheme && !isDomain) return undefined;
  try {
    const url = new URL(hasScheme ? trimmed : `https://${trimmed}`);
    return SCHEMES.includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
