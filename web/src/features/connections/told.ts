import { en } from '@/locales/en';
import type { Wanted } from './rows';

/** What was done with a base, in words. */
export function told(base: string, wanted: Wanted) {
  if (!wanted) return en.connections.now.none(base);
  if (wanted.mode) return en.copies.now[wanted.mode](base);
  return en.connections.now[wanted.access](base);
}
