import { Menu, UnstyledButton } from '@mantine/core';
import { IconKeyboard, IconLogout, IconSettings } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { me } from '@/api/queries';
import { en } from '@/locales/en';
import { Avatar } from '@/ui/Chip';
import { initials } from '@/ui/initials';
import { showKeyHelp } from './KeyHelp';
import { useSignOut } from './useSignOut';

export function AccountMenu() {
  const { data } = useQuery(me);
  const signOut = useSignOut();
  if (!data) return null;
  const { user } = data;
  const name = user.name || user.email;
  return (
    <Menu position="right-end" width={230}>
      <Menu.Target>
        <UnstyledButton aria-label={`${en.nav.account} ${initials(name)}`} bdrs={32}>
          <Avatar id={user.id} name={name} size={32} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.email}</Menu.Label>
        <Menu.Item
          leftSection={<IconSettings size={16} />}
          renderRoot={(props) => <Link to="/settings" search={{}} {...props} />}
        >
          {en.nav.settings}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={showKeyHelp}>
          {en.nav.keys}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={signOut}>
          {en.nav.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
