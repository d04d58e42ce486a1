import type { ReactNode } from 'react';
import classes from './Disclosure.module.css';

/** Something that is there for those who want it. */
export function Disclosure({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className={classes.root}>
      <summary className={classes.title}>{title}</summary>
      {children}
    </details>
  );
}
