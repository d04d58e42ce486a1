import { Link } from '@tanstack/react-router';
import type { Connection } from '@/api/connections';
import type { Workspace } from '@/api/types';
import { en } from '@/locales/en';
import page from '@/ui/Page.module.css';
import { ConnectionCard } from './ConnectionCard';
import classes from './Connections.module.css';

const t = en.connections;

interface Props {
  items: Connection[];
  workspaces: Workspace[];
  /** The one that was made on this page, which is gone to. */
  addedId: string | undefined;
  onRemoved: () => void;
}

export function ConnectionList({ items, workspaces, addedId, onRemoved }: Props) {
  const placeOf = (connection: Connection) =>
    workspaces.length > 1
      ? workspaces.find(({ id }) => id === connection.workspace_id)?.name
      : undefined;
  return (
    <>
      <p className={classes.lead}>
        {t.lead}{' '}
        <Link to="/connect" className={page.link}>
          {t.toKeys}
        </Link>
      </p>
      {items.map((connection) => (
        <ConnectionCard
          key={connection.id}
          connection={connection}
          place={placeOf(connection)}
          isNew={connection.id === addedId}
          onRemoved={onRemoved}
        />
      ))}
    </>
  );
}
