import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { en } from '@/locales/en';
import classes from './PageBar.module.css';

export function PageBar({ title, children }: { title: string; children?: ReactNode }) {
  useDocumentTitle(en.pageTitle(title));
  return (
    <header className={classes.bar}>
      <h1 className={classes.title}>{title}</h1>
      {children && <div className={classes.actions}>{children}</div>}
    </header>
  );
}
