import { Button, Skeleton } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconKey } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { remove } from '@/api/client';
import { apiKeys } from '@/api/queries';
import type { ApiKey } from '@/api/types';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { toast, toastProblem } from '@/ui/toast';
import { Section } from './Section';
import classes from './SettingsPage.module.css';
import { dayText } from './times';

const t = en.settings;

export function KeysTab() {
  const { data, error, isPending, refetch } = useQuery(apiKeys);
  const revoke = useRevoke();
  const action = (
    <Button renderRoot={(props) => <Link to="/connect" {...props} />}>{t.newKey}</Button>
  );
  return (
    <Section title={t.tabs.keys} hint={t.keysHint} action={action}>
      {isPending && <Skeleton h={160} radius={10} />}
      {error && <ErrorState error={error} onRetry={refetch} />}
      {data?.items.length === 0 && (
        <EmptyState icon={<IconKey size={26} stroke={1.6} />} title={t.noKeys}>
          {t.noKeysHint}
        </EmptyState>
      )}
      {data && data.items.length > 0 && (
        <ul className={classes.list}>
          {data.items.map((key) => (
            <KeyRow key={key.id} apiKey={key} onRevoke={() => revoke(key)} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  return (
    <li className={classes.item}>
      <div className={classes.itemText}>
        <div className={classes.itemName}>
          {apiKey.name} <code className={classes.code}>{apiKey.prefix}…</code>
        </div>
        <div className={classes.hint}>
          {t.created} {dayText(apiKey.created_at)} · {t.lastUsed} {dayText(apiKey.last_used_at)} ·{' '}
          {t.expires} {dayText(apiKey.expires_at)}
          {!apiKey.records_changes && ` · ${t.notRecorded}`}
        </div>
      </div>
      <Button
        variant="light"
        color="red"
        size="xs"
        aria-label={`${t.revoke} ${apiKey.name}`}
        onClick={onRevoke}
      >
        {t.revoke}
      </Button>
    </li>
  );
}

function useRevoke() {
  const queryClient = useQueryClient();
  const revoke = useMutation({
    mutationFn: (key: ApiKey) => remove(`/api/auth/keys/${key.id}`),
    onSuccess: () => toast(t.revoked),
    onError: toastProblem,
    onSettled: () => queryClient.invalidateQueries(apiKeys),
  });
  return (key: ApiKey) =>
    modals.openConfirmModal({
      title: t.revokeTitle(key.name),
      children: t.revokeText,
      labels: { confirm: t.revoke, cancel: en.common.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => revoke.mutate(key),
    });
}
