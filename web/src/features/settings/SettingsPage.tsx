import { Tabs } from '@mantine/core';
import { en } from '@/locales/en';
import { PageBar } from '@/ui/PageBar';
import { useIsPhone } from '@/ui/useIsPhone';
import { HealthTab } from './HealthTab';
import { KeysTab } from './KeysTab';
import { MembersTab } from './MembersTab';
import { ProfileTab } from './ProfileTab';
import classes from './SettingsPage.module.css';
import { isTab, type SettingsTab, TABS } from './tabs';

const PANELS = { profile: ProfileTab, keys: KeysTab, members: MembersTab, health: HealthTab };

interface Props {
  tab: SettingsTab;
  onTab: (tab: SettingsTab) => void;
}

export function SettingsPage({ tab, onTab }: Props) {
  const isPhone = useIsPhone();
  return (
    <>
      <PageBar title={en.settings.title} />
      <Tabs
        value={tab}
        onChange={(next) => isTab(next) && onTab(next)}
        orientation={isPhone ? 'horizontal' : 'vertical'}
        variant="pills"
        keepMounted={false}
        className={classes.page}
      >
        <Tabs.List className={classes.nav} aria-label={en.settings.title}>
          {TABS.map((id) => (
            <Tabs.Tab key={id} value={id} className={classes.tab}>
              {en.settings.tabs[id]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map((id) => {
          const Panel = PANELS[id];
          return (
            <Tabs.Panel key={id} value={id} className={classes.panel}>
              <div className={classes.column}>
                <Panel />
              </div>
            </Tabs.Panel>
          );
        })}
      </Tabs>
    </>
  );
}
