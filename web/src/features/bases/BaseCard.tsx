import { Link } from '@tanstack/react-router';
import type { BaseSummary } from '@/api/types';
import { en } from '@/locales/en';
import { Tile } from '@/ui/Chip';
import classes from './BasesPage.module.css';

export function BaseCard({ base }: { base: BaseSummary }) {
  const isReadOnly = base.permission_level === 'read';
  return (
    <Link to="/bases/$baseId" params={{ baseId: base.id }} className={classes.card}>
      <Tile id={base.id} name={base.name} size={44} />
      <span className={classes.cardText}>
        <div className={classes.cardName}>{base.name}</div>
        <div className={classes.cardMeta}>
          {en.bases.count(base.table_count, base.record_count)}
          {isReadOnly && ` · ${en.bases.readOnly}`}
        </div>
      </span>
    </Link>
  );
}
