import {
  type Icon,
  IconCloudDataConnection,
  IconHistory,
  IconPlugConnected,
  IconSettings,
  IconShieldCheck,
  IconTable,
  IconTransform,
} from '@tabler/icons-react';
import { en } from '@/locales/en';

interface Page {
  to: string;
  label: string;
  icon: Icon;
  /** Goes there after `g`. */
  key: string;
  onPhone: boolean;
  /** Shown to those alone who manage a workspace. */
  forManagers?: boolean;
}

export const PAGES = [
  { to: '/', label: en.nav.data, icon: IconTable, key: 'd', onPhone: true },
  { to: '/history', label: en.nav.history, icon: IconHistory, key: 'h', onPhone: true },
  { to: '/approvals', label: en.nav.approvals, icon: IconShieldCheck, key: 'a', onPhone: true },
  { to: '/sagas', label: en.nav.sagas, icon: IconTransform, key: 'r', onPhone: true },
  // Six tabs fit a phone; the next two are set up at a desk, and the palette finds them.
  {
    to: '/connections',
    label: en.nav.connections,
    icon: IconCloudDataConnection,
    key: 'o',
    onPhone: false,
    forManagers: true,
  },
  { to: '/connect', label: en.nav.connect, icon: IconPlugConnected, key: 'c', onPhone: false },
  { to: '/settings', label: en.nav.settings, icon: IconSettings, key: 's', onPhone: true },
] as const satisfies Page[];

export function isCurrent(to: string, pathname: string) {
  if (to === '/') return pathname === '/' || pathname.startsWith('/bases/');
  return pathname === to || pathname.startsWith(`${to}/`);
}
