import { ActionIcon, Tooltip } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { IconMoon, IconSearch, IconSun } from '@tabler/icons-react';
import { en } from '@/locales/en';
import { Logo } from '@/ui/Logo';
import { AccountMenu } from './AccountMenu';
import { NavItems } from './NavItems';
import classes from './Rail.module.css';
import { useSchemeToggle } from './useSchemeToggle';

export function Rail() {
  const { isDark, toggle } = useSchemeToggle();
  return (
    <nav className={classes.rail} aria-label={en.nav.label}>
      <div className={classes.logo}>
        <Logo />
      </div>
      <NavItems className={classes.item ?? ''} iconSize={20} />
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
