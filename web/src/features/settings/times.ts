import { en } from '@/locales/en';

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

export function dayText(time: string | null) {
  return time ? day.format(new Date(time)) : en.settings.never;
}
