import { en } from '@/locales/en';
import * as times from '@/ui/times';

export function dayText(time: string | null) {
  return time ? times.dayText(time) : en.settings.never;
}
