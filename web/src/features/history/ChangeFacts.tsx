import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ChangeSet } from '@/api/changes';
import { en } from '@/locales/en';
import { clientName } from '@/ui/clientName';
import { Fact } from '@/ui/Fact';
import { Notice } from '@/ui/Notice';
import page from '@/ui/Page.module.css';
import { fullTime, timeText } from '@/ui/times';
import classes from './ChangePage.module.css';
import { Counts } from './Counts';
import { OriginTile } from './OriginTile';
import { StandingTags } from './StandingTags';
import { sentence } from './sentence';
import { recordCount, type Standing } from './standing';

const t = en.history.change;

interface Props {
  change: ChangeSet;
  standings: Standing[];
  now: number;
}

export function ChangeFacts({ change, standings, now }: Props) {
  const schema = change.bases.flatMap((base) => base.schema);
  return (
    <>
      <div className={page.hero}>
        <OriginTile change={change} size={44} />
        <div className={page.heroText}>
          <h2 className={page.what}>{sentence(change)}</h2>
          <div className={classes.tags}>
            <Counts of={change} />
            <StandingTags standings={standings} />
          </div>
        </div>
      </div>
      <dl className={page.facts}>
        {change.user && <Fact name={t.by}>{change.user}</Fact>}
        <Fact name={t.through}>{through(change)}</Fact>
        <Fact name={t.when}>
          <time dateTime={change.started_at} title={fullTime(change.started_at)}>
            {timeText(change.started_at, now)}
          </time>
        </Fact>
        <Fact name={t.where}>
          <BaseLinks change={change} />
        </Fact>
        {recordCount(change) > 0 && (
          <Fact name={t.undoableUntil}>{fullTime(change.undoable_until)}</Fact>
        )}
        <Kin change={change} />
      </dl>
      {schema.length > 0 && (
        <Notice tone="warning" icon={IconAlertTriangle} title={t.schemaTitle}>
          <p>{t.schemaText}</p>
          <ul className={classes.schema}>
            {schema.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}

function through(change: ChangeSet) {
  const { origins } = en.history;
  const client = clientName(change.client);
  const isNamed = ['tool', 'saga', 'system'].includes(change.origin);
  return [origins[change.origin], isNamed && change.title, client].filter(Boolean).join(' · ');
}

function BaseLinks({ change }: { change: ChangeSet }) {
  return change.bases.map((base) => (
    <Link
      key={base.base_id}
      to="/bases/$baseId"
      params={{ baseId: base.base_id }}
      className={page.link}
    >
      {base.base}
    </Link>
  ));
}

function Kin({ change }: { change: ChangeSet }) {
  return (
    <>
      {change.undoes && (
        <Fact name={t.undoes}>
          <Link to="/history/$changeId" params={{ changeId: change.undoes }} className={page.link}>
            {t.openOriginal}
          </Link>
        </Fact>
      )}
      {change.undone_by && (
        <Fact name={t.undoneBy}>
          <Link
            to="/history/$changeId"
            params={{ changeId: change.undone_by }}
            className={page.link}
          >
            {t.openUndo}
          </Link>
        </Fact>
      )}
    </>
  );
}
