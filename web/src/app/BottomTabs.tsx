import { spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { en } from '@/locales/en';
import classes from './BottomTabs.module.css';
import { NavItems } from './NavItems';

export function BottomTabs() {
  return (
    <nav className={classes.tabs} aria-label={en.nav.label}>
      <NavItems className={classes.tab ?? ''} iconSize={21} isPhone />
      <button type="button" className={classes.tab} onClick={spotlight.open}>
        <IconSearch size={21} stroke={1.7} />
        {en.nav.search}
      </button>
    </nav>
  );
}
