import { Outlet } from '@tanstack/react-router';
import { en } from '@/locales/en';
import { useIsPhone } from '@/ui/useIsPhone';
import { BottomTabs } from './BottomTabs';
import { Palette } from './Palette';
import { Rail } from './Rail';
import classes from './Shell.module.css';
import { useShortcuts } from './useShortcuts';

export function Shell() {
  const isPhone = useIsPhone();
  useShortcuts();
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#content">
        {en.common.skip}
      </a>
      {!isPhone && <Rail />}
      <main id="content" className={classes.sheet}>
        <Outlet />
      </main>
      {isPhone && <BottomTabs />}
      <Palette />
    </div>
  );
}
