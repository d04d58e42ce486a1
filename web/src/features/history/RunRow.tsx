import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { en } from '@/locales/en';
import { shortTime } from '@/ui/times';
import { Counts } from './Counts';
import classes from './HistoryPage.module.css';
import { OriginTile } from './OriginTile';
import type { Run } from './runs';
import { means, sentence } from './sentence';

const t = en.history;

interface Props {
  run: Run;
  now: number;
  showBase: boolean;
  children: ReactNode;
}

/** Many changes that read alike, as one row that opens. */
export function RunRow({ run: { first, changes }, now, showBase, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  const bases = showBase ? first.bases.map((base) => base.base) : [];
  const sum = (kind: 'created' | 'updated' | 'deleted') =>
    changes.reduce((total, change) => total + change[kind], 0);
  return (
    <li className={classes.run}>
      <div className={classes.row}>
        <OriginTile change={first} />
        <div className={classes.body}>
          <div className={classes.text}>
            <button
              type="button"
              className={classes.what}
              aria-expanded={isOpen}
              onClick={() => setOpen(!isOpen)}
            >
              {t.times(sentence(first), changes.length)}
            </button>
            <div className={classes.meta}>
              {[...bases, ...means(first), shortTime(first.started_at, now)].join(' · ')}
            </div>
          </div>
          <div className={classes.aside}>
            <Counts
              of={{ created: sum('created'), updated: sum('updated'), deleted: sum('deleted') }}
            />
          </div>
        </div>
        <span className={classes.spacer}>
          <Chevron size={18} stroke={1.8} aria-hidden="true" />
        </span>
      </div>
      {isOpen && <ul className={`${classes.list} ${classes.nested}`}>{children}</ul>}
    </li>
  );
}
