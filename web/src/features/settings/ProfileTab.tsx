import { Button, SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { me } from '@/api/queries';
import { useSignOut } from '@/app/useSignOut';
import { en } from '@/locales/en';
import { Avatar } from '@/ui/Chip';
import { PasswordForm } from './PasswordForm';
import { Section } from './Section';
import { SessionsSection } from './SessionsSection';
import classes from './SettingsPage.module.css';

const t = en.settings;

export function ProfileTab() {
  return (
    <>
      <Account />
      <Section title={t.appearance} hint={t.appearanceHint}>
        <Appearance />
      </Section>
      <Section title={t.password}>
        <PasswordForm />
      </Section>
      <SessionsSection />
    </>
  );
}

function Account() {
  const { data } = useQuery(me);
  const signOut = useSignOut();
  if (!data) return null;
  const { user, tenant, role } = data;
  return (
    <Section
      title={t.profile}
      action={
        <Button variant="default" leftSection={<IconLogout size={16} />} onClick={signOut}>
          {en.nav.signOut}
        </Button>
      }
    >
      <div className={classes.account}>
        <Avatar id={user.id} name={user.name || user.email} size={48} />
        <div>
          <div className={classes.accountName}>{user.name || user.email}</div>
          <div className={classes.hint}>{user.email}</div>
          <div className={classes.hint}>
            {t.roles[role]} · {tenant.name}
          </div>
        </div>
      </div>
    </Section>
  );
}

function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      aria-label={t.appearance}
      value={colorScheme}
      onChange={(next) => setColorScheme(next as typeof colorScheme)}
      data={[
        { value: 'auto', label: t.system },
        { value: 'light', label: t.light },
        { value: 'dark', label: t.dark },
      ]}
    />
  );
}
