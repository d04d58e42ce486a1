import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ChangeSet } from '@/api/changes';
import { en } from '@/locales/en';
import { fullTime, shortTime } from '@/ui/times';
import { Counts } from './Counts';
import classes from './HistoryPage.module.css';
import { OriginTile } from './OriginTile';
import { StandingTags } from './StandingTags';
import { isUndo, means, sentence } from './sentence';
import type { Standing } from './standing';

interface Props {
  change: ChangeSet;
  standings: Standing[];
  now: number;
  showBase: boolean;
  onUndo?: () => void;
}

export function ChangeRow({ change, standings, now, showBase, onUndo }: Props) {
  const what = sentence(change);
  const [verb, Arrow] = isUndo(change)
    ? [en.undo.redo, IconArrowForwardUp]
    : [en.undo.undo, IconArrowBackUp];
  const bases = showBase ? change.bases.map((base) => base.base) : [];
  return (
    <li className={classes.row} data-undone={standings.includes('undone')}>
      <OriginTile change={change} />
      <div className={classes.body}>
        <div className={classes.text}>
          <Link to="/history/$changeId" params={{ changeId: change.id }} className={classes.what}>
            {what}
          </Link>
          <div className={classes.meta}>
            {[...bases, ...means(change)].join(' · ')}
            {' · '}
            <time dateTime={change.started_at} title={fullTime(change.started_at)}>
              {shortTime(change.started_at, now)}
            </time>
          </div>
        </div>
        <div className={classes.aside}>
          <StandingTags standings={standings} />
          <Counts of={change} />
        </div>
      </div>
      {onUndo ? (
        <Tooltip label={verb}>
          <ActionIcon className={classes.undo} aria-label={`${verb}: ${what}`} onClick={onUndo}>
            <Arrow size={18} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
      ) : (
        <span className={classes.spacer} />
      )}
    </li>
  );
}
