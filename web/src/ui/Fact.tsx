import type { ReactNode } from 'react';
import classes from './Page.module.css';

/** A line of a page's facts. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
