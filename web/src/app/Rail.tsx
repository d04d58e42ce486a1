import { ActionIcon, Tooltip } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { IconMoon, IconSearch, IconSun } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import { en } from '@/locales/en';
import { Logo } from '@/ui/Logo';
import { AccountMenu } from './AccountMenu';
import { isCurrent, PAGES } from './navigation';
import classes from './Rail.module.css';
import { useSchemeToggle } from './useSchemeToggle';

export function Rail() {
  const { pathname } = useLocation();
  const { isDark, toggle } = useSchemeToggle();
  return (
    <nav className={classes.rail} aria-label={en.nav.label}>
      <div className={classes.logo}>
        <Logo />
      </div>
      {PAGES.map(({ to, label, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          className={classes.item}
          aria-current={isCurrent(to, pathname) ? 'page' : undefined}
        >
          <Icon size={20} stroke={1.7} />
          {label}
        </Link>
      ))}
      <div className={classes.foot}>
        <Tooltip label={`${en.nav.search} (Ctrl K)`} position="right">
          <ActionIcon aria-label={en.nav.search} onClick={spotlight.open}>
            <IconSearch size={20} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={en.nav.scheme} position="right">
          <ActionIcon aria-label={en.nav.scheme} onClick={toggle}>
            {isDark ? <IconSun size={20} stroke={1.7} /> : <IconMoon size={20} stroke={1.7} />}
          </ActionIcon>
        </Tooltip>
        <AccountMenu />
      </div>
    </nav>
  );
}
