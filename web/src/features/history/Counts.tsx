import { IconMinus, IconPencil, IconPlus } from '@tabler/icons-react';
import type { ChangeSet } from '@/api/changes';
import { en } from '@/locales/en';
import { number } from '@/locales/words';
import classes from './Counts.module.css';

const KINDS = [
  ['created', IconPlus],
  ['updated', IconPencil],
  ['deleted', IconMinus],
] as const;

export function Counts({ of }: { of: Pick<ChangeSet, 'created' | 'updated' | 'deleted'> }) {
  const label = en.history.counts(of.created, of.updated, of.deleted);
  if (!label) return null;
  return (
    <span className={classes.counts} role="img" aria-label={label} title={label}>
      {KINDS.map(
        ([kind, KindIcon]) =>
          of[kind] > 0 && (
            <span key={kind} className={classes.count} data-kind={kind}>
              <KindIcon size={12} stroke={2.2} />
              {number(of[kind])}
            </span>
          ),
      )}
    </span>
  );
}
