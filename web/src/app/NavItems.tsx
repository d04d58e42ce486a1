import { Link, useLocation } from '@tanstack/react-router';
import classes from './NavItems.module.css';
import { isCurrent } from './navigation';
import { type ShownPage, usePages } from './usePages';
import { useWaiting, type Waiting } from './useWaiting';

interface Props {
  className: string;
  iconSize: number;
  isPhone?: boolean;
}

/** Links to the pages, with a mark where something waits. */
export function NavItems({ className, iconSize, isPhone }: Props) {
  const { pathname } = useLocation();
  const waiting = useWaiting();
  const isShown = ({ to, onPhone }: ShownPage) =>
    (onPhone || !isPhone) && (!(to in waiting) || waiting[to] !== undefined);
  const pages = usePages().filter(isShown);
  return pages.map(({ to, label, icon: Icon }) => {
    const here = waiting[to];
    return (
      <Link
        key={to}
        to={to}
        className={className}
        aria-current={isCurrent(to, pathname) ? 'page' : undefined}
      >
        <span className={classes.icon}>
          <Icon size={iconSize} stroke={1.7} />
          {here && here.count > 0 && <Badge waiting={here} />}
        </span>
        {label}
      </Link>
    );
  });
}

function Badge({ waiting: { count, text, isUrgent } }: { waiting: Waiting }) {
  return (
    <span className={classes.badge} data-urgent={isUrgent}>
      <span aria-hidden="true">{count > 9 ? '9+' : count}</span>
      <span className="srOnly">{text}</span>
    </span>
  );
}
