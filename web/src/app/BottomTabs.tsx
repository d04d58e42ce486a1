import { spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import { en } from '@/locales/en';
import classes from './BottomTabs.module.css';
import { isCurrent, PAGES } from './navigation';

export function BottomTabs() {
  const { pathname } = useLocation();
  return (
    <nav className={classes.tabs} aria-label={en.nav.label}>
      {PAGES.map(({ to, label, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          className={classes.tab}
          aria-current={isCurrent(to, pathname) ? 'page' : undefined}
        >
          <Icon size={21} stroke={1.7} />
          {label}
        </Link>
      ))}
      <button type="button" className={classes.tab} onClick={spotlight.open}>
        <IconSearch size={21} stroke={1.7} />
        {en.nav.search}
      </button>
    </nav>
  );
}
