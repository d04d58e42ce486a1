import type { ReactNode } from 'react';
import classes from './EmptyState.module.css';

interface Props {
  icon?: ReactNode;
  title: string;
  isWholePage?: boolean;
  children?: ReactNode;
  actions?: ReactNode;
}

export function EmptyState({ icon, title, isWholePage, children, actions }: Props) {
  const Title = isWholePage ? 'h1' : 'h2';
  return (
    <div className={classes.root}>
      {icon && <div className={classes.icon}>{icon}</div>}
      <Title className={classes.title}>{title}</Title>
      {children && <div className={classes.text}>{children}</div>}
      {actions && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
