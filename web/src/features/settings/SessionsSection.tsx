import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { remove } from '@/api/client';
import { sessions } from '@/api/queries';
import type { OpenSession } from '@/api/types';
import { en } from '@/locales/en';
import { ErrorState } from '@/ui/ErrorState';
import { toast, toastProblem } from '@/ui/toast';
import { clientName } from './clientName';
import { Section } from './Section';
import classes from './SettingsPage.module.css';
import { dayText } from './times';

const t = en.settings;

export function SessionsSection() {
  const { data, error, isPending, refetch } = useQuery(sessions);
  const end = useEnd();
  const hasOthers = data?.items.some((session) => !session.is_current);
  const action = hasOthers && (
    <Button variant="default" onClick={() => end.mutate('')}>
      {t.endOthers}
    </Button>
  );
  return (
    <Section title={t.sessions} hint={t.sessionsHint} action={action}>
      {isPending && <Skeleton h={80} radius={10} />}
      {error && <ErrorState error={error} onRetry={refetch} />}
      {data && (
        <ul className={classes.list}>
          {data.items.map((session) => (
            <SessionRow key={session.id} session={session} onEnd={() => end.mutate(session.id)} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function SessionRow({ session, onEnd }: { session: OpenSession; onEnd: () => void }) {
  const name = clientName(session.client);
  return (
    <li className={classes.item}>
      <div className={classes.itemText}>
        <div className={classes.itemName}>
          {name}
          {session.is_current && <span className={classes.badge}>{t.thisSession}</span>}
        </div>
        <div className={classes.hint}>
          {t.created} {dayText(session.created_at)} · {t.lastSeen} {dayText(session.last_seen_at)}
        </div>
      </div>
      {!session.is_current && (
        <Button
          variant="light"
          color="red"
          size="xs"
          aria-label={`${t.endSession} ${name}`}
          onClick={onEnd}
        >
          {t.endSession}
        </Button>
      )}
    </li>
  );
}

/** Ends the session with the id; all others when it is empty. */
function useEnd() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => remove(id ? `/api/auth/sessions/${id}` : '/api/auth/sessions'),
    onSuccess: () => toast(t.sessionEnded),
    onError: toastProblem,
    onSettled: () => queryClient.invalidateQueries(sessions),
  });
}
