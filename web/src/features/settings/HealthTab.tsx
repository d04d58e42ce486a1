import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { health } from '@/api/queries';
import type { Health } from '@/api/types';
import { en } from '@/locales/en';
import { ErrorState } from '@/ui/ErrorState';
import { Section } from './Section';
import classes from './SettingsPage.module.css';

const t = en.settings;

export function HealthTab() {
  const { data, error, isPending, refetch } = useQuery(health);
  const docs = (
    <a className={classes.link} href="/api/docs">
      {t.apiDocs}
    </a>
  );
  return (
    <Section title={t.tabs.health} hint={t.healthHint} action={docs}>
      {isPending && <Skeleton h={160} radius={10} />}
      {error && <ErrorState error={error} onRetry={refetch} />}
      {data && <Report health={data} />}
    </Section>
  );
}

function Report({ health }: { health: Health }) {
  return (
    <>
      <div className={classes.verdict} data-status={health.status}>
        <span className={classes.light} data-status={health.status} />
        <strong>{t.healthy[health.status]}</strong>
        <span className="num">
          {t.version} {health.version}
        </span>
      </div>
      <ul className={classes.list}>
        {health.checks.map((check) => (
          <li key={check.name} className={classes.item}>
            <span className={classes.light} data-status={check.status} />
            <div className={classes.itemText}>
              <div className={classes.itemName}>{check.name}</div>
              {check.detail && <div className={classes.hint}>{check.detail}</div>}
            </div>
            <span className={classes.hint}>
              {t.status[check.status]} · <span className="num">{check.latency_ms} ms</span>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
