import { Button } from '@mantine/core';
import { useEffect, useId, useRef } from 'react';
import type { Connection } from '@/api/connections';
import { en } from '@/locales/en';
import { Tile } from '@/ui/Chip';
import { dayText } from '@/ui/times';
import { BaseChoices } from './BaseChoices';
import classes from './Connections.module.css';
import { ScopeFacts } from './ScopeFacts';
import { useDisconnect } from './useDisconnect';

const t = en.connections;

interface Props {
  connection: Connection;
  /** The name of its workspace, where there are several. */
  place: string | undefined;
  isNew: boolean;
  onRemoved: () => void;
}

export function ConnectionCard({ connection, place, isNew, onRemoved }: Props) {
  const titleId = useId();
  const title = useRef<HTMLHeadingElement>(null);
  const { ask, isPending } = useDisconnect(connection, onRemoved);
  const { account, email, name, token_end, made_at } = connection;
  // What comes next is choosing bases, and the form that had the focus is gone.
  useEffect(() => {
    if (isNew) title.current?.focus();
  }, [isNew]);
  return (
    <section className={classes.card} aria-labelledby={titleId}>
      <header className={classes.head}>
        <Tile id={connection.id} name={name} size={40} />
        <div className={classes.headText}>
          <h2 id={titleId} ref={title} tabIndex={-1} className={classes.name}>
            {name}
          </h2>
          <p className={classes.meta}>
            {[
              email ?? account,
              token_end && t.tokenEnd(token_end),
              place,
              t.since(dayText(made_at)),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
        <Button
          variant="light"
          color="red"
          size="xs"
          aria-label={t.removeLabel(name)}
          loading={isPending}
          onClick={ask}
        >
          {t.remove}
        </Button>
      </header>
      <ScopeFacts scopes={connection.scopes} />
      <BaseChoices connection={connection} />
    </section>
  );
}
