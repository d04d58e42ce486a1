import { IconAlertTriangle, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sagasInNeed } from '@/api/sagas';
import { en } from '@/locales/en';
import classes from './Sagas.module.css';

const t = en.sagas.need;

/** Leads to the inbox as long as something is in it. */
export function NeedBanner() {
  const { data } = useQuery(sagasInNeed);
  const count = data?.items.length ?? 0;
  if (count === 0) return null;
  return (
    <Link to="/sagas/attention" className={classes.banner}>
      <IconAlertTriangle size={18} aria-hidden="true" />
      <span className={classes.bannerText}>{t.banner(count, data?.next_cursor != null)}</span>
      <span className={classes.bannerGo}>
        {t.open}
        <IconChevronRight size={16} aria-hidden="true" />
      </span>
    </Link>
  );
}
