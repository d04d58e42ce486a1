import { ActionIcon, Button, Select, Skeleton } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconUserPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { me, members } from '@/api/queries';
import { isManager } from '@/api/rights';
import type { Member, Role, Workspace } from '@/api/types';
import { en } from '@/locales/en';
import { Avatar } from '@/ui/Chip';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { InviteForm } from './InviteForm';
import { ROLES } from './roles';
import { Section } from './Section';
import classes from './SettingsPage.module.css';
import { useMemberChanges } from './useMemberChanges';

const t = en.settings;

export function MembersTab() {
  const { data } = useQuery(me);
  const [chosen, setChosen] = useState<string | null>(null);
  const workspaces = data?.workspaces ?? [];
  const workspace = workspaces.find((w) => w.id === chosen) ?? workspaces[0];
  if (!workspace) {
    return <EmptyState title={en.bases.noWorkspace}>{en.bases.noWorkspaceText}</EmptyState>;
  }
  const canManage = isManager(workspace);
  const invite = () =>
    modals.open({ title: t.inviteTitle, children: <InviteForm workspaceId={workspace.id} /> });
  return (
    <Section
      title={workspace.name}
      hint={t.membersHint}
      action={
        canManage && (
          <Button leftSection={<IconUserPlus size={16} />} onClick={invite}>
            {t.invite}
          </Button>
        )
      }
    >
      {workspaces.length > 1 && (
        <Select
          aria-label={en.bases.workspacePick}
          mb="md"
          maw={260}
          value={workspace.id}
          onChange={setChosen}
          data={workspaces.map((w) => ({ value: w.id, label: w.name }))}
        />
      )}
      <MemberList workspace={workspace} canManage={canManage} ownId={data?.user.id ?? ''} />
    </Section>
  );
}

interface ListProps {
  workspace: Workspace;
  canManage: boolean;
  ownId: string;
}

function MemberList({ workspace, canManage, ownId }: ListProps) {
  const { data, error, isPending, refetch } = useQuery(members(workspace.id));
  if (isPending) return <Skeleton h={160} radius={10} />;
  if (error) return <ErrorState error={error} onRetry={refetch} />;
  return (
    <ul className={classes.list}>
      {data.items.map((member) => (
        <MemberRow
          key={member.user_id}
          member={member}
          workspaceId={workspace.id}
          isOwn={member.user_id === ownId}
          canManage={canManage && member.user_id !== ownId}
        />
      ))}
    </ul>
  );
}

interface RowProps {
  member: Member;
  workspaceId: string;
  isOwn: boolean;
  canManage: boolean;
}

function MemberRow({ member, workspaceId, isOwn, canManage }: RowProps) {
  const { setRole, remove } = useMemberChanges(workspaceId);
  const name = member.name || member.email;
  const askRemove = () =>
    modals.openConfirmModal({
      title: t.removeTitle(name),
      children: t.removeText,
      labels: { confirm: t.remove, cancel: en.common.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(member.user_id),
    });
  return (
    <li className={classes.item}>
      <Avatar id={member.user_id} name={name} size={34} />
      <div className={classes.itemText}>
        <div className={classes.itemName}>
          {name}
          {isOwn && <span className={classes.badge}>{t.you}</span>}
          {member.status === 'invited' && <span className={classes.badge}>{t.invited}</span>}
        </div>
        <div className={classes.hint}>{member.email}</div>
      </div>
      {canManage ? (
        <>
          <Select
            aria-label={t.memberRole(name)}
            w={112}
            value={member.role}
            onChange={(role) =>
              role && setRole.mutate({ userId: member.user_id, role: role as Role })
            }
            data={ROLES}
          />
          <ActionIcon aria-label={t.removeTitle(name)} onClick={askRemove}>
            <IconX size={17} />
          </ActionIcon>
        </>
      ) : (
        <span className={classes.hint}>{t.roles[member.role]}</span>
      )}
    </li>
  );
}
