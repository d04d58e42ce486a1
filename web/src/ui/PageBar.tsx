import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { en } from '@/locales/en';
import classes from './PageBar.module.css';

interface Props {
  title: string;
  /** A link to where this page hangs under. */
  back?: ReactNode;
  children?: ReactNode;
}

export function PageBar({ title, back, children }: Props) {
  useDocumentTitle(en.pageTitle(title));
  return (
    <header className={classes.bar}>
      {back && <div className={classes.back}>{back}</div>}
      <h1 className={classes.title}>{title}</h1>
      {children && <div className={classes.actions}>{children}</div>}
    </header>
  );
}
