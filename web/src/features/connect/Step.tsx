import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './ConnectPage.module.css';

interface Props {
  number: number;
  title: string;
  hint: string;
  isDone?: boolean;
  children: ReactNode;
}

export function Step({ number, title, hint, isDone, children }: Props) {
  return (
    <section className={classes.step}>
      <span className={classes.number} aria-hidden="true">
        {isDone ? <IconCheck size={15} /> : number}
      </span>
      <div className={classes.stepBody}>
        <h2 className={classes.stepTitle}>{title}</h2>
        <p className={classes.stepHint}>{hint}</p>
        {children}
      </div>
    </section>
  );
}
