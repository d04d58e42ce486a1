import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { BaseSummary } from '@/api/types';
import { en } from '@/locales/en';
import { Tile } from '@/ui/Chip';
import { Tag } from '@/ui/Tag';
import classes from './BasesPage.module.css';

const t = en.bases;

export function BaseCard({ base }: { base: BaseSummary }) {
  if (base.source === 'airtable') return <RemoteBase base={base} />;
  return (
    <Link to="/bases/$baseId" params={{ baseId: base.id }} className={classes.card}>
      <Facts base={base} tag={base.source === 'mirror' && <Tag tone="accent">{t.copied}</Tag>}>
        {t.count(base.table_count ?? 0, base.record_count ?? 0)}
      </Facts>
    </Link>
  );
}

/** No link: this server does not keep the tables of it, so there is no grid to open. */
function RemoteBase({ base }: { base: BaseSummary }) {
  return (
    <div className={classes.card} data-remote>
      <Facts base={base} tag={<Tag tone="accent">{t.atAirtable}</Tag>}>
        {t.atAirtableHint}
      </Facts>
    </div>
  );
}

interface FactsProps {
  base: BaseSummary;
  tag?: ReactNode;
  children: string;
}

function Facts({ base, tag, children }: FactsProps) {
  const isReadOnly = base.permission_level === 'read';
  return (
    <>
      <Tile id={base.id} name={base.name} size={44} />
      <span className={classes.cardText}>
        <span className={classes.cardHead}>
          <span className={classes.cardName}>{base.name}</span>
          {tag}
        </span>
        <span className={classes.cardMeta}>
          {children}
          {isReadOnly && ` · ${t.readOnly}`}
        </span>
      </span>
    </>
  );
}
