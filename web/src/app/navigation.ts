import { IconPlugConnected, IconSettings, IconTable } from '@tabler/icons-react';
import { en } from '@/locales/en';

export const PAGES = [
  { to: '/', label: en.nav.data, icon: IconTable, key: 'd' },
  { to: '/connect', label: en.nav.connect, icon: IconPlugConnected, key: 'c' },
  { to: '/settings', label: en.nav.settings, icon: IconSettings, key: 's' },
] as const;

export function isCurrent(to: string, pathname: string) {
  if (to === '/') return pathname === '/' || pathname.startsWith('/bases/');
  return pathname.startsWith(to);
}
