import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { en } from '@/locales/en';
import { Logo } from '@/ui/Logo';
import classes from './AuthFrame.module.css';

interface Props {
  title: string;
  hint: string;
  children?: ReactNode;
}

export function AuthFrame({ title, hint, children }: Props) {
  useDocumentTitle(en.pageTitle(title));
  return (
    <div className={classes.page}>
      <aside className={classes.side}>
        <div className={classes.mark}>
          <Logo size={40} />
        </div>
        <p className={classes.tagline}>{en.auth.tagline}</p>
        <p className={classes.pitch}>{en.auth.pitch}</p>
        <Preview />
      </aside>
      <main className={classes.main}>
        <div className={classes.form}>
          <div className={classes.brand}>
            <Logo size={36} />
          </div>
          <h1 className={classes.title}>{title}</h1>
          <p className={classes.hint}>{hint}</p>
          {children}
        </div>
      </main>
    </div>
  );
}

/** A picture of a table, drawn from plain blocks so that nothing has to be loaded. */
function Preview() {
  const rows = ['teal', 'blue', 'orange', 'purple', 'green'];
  return (
    <div className={classes.preview} aria-hidden="true">
      {rows.map((hue, index) => (
        <div key={hue} className={classes.previewRow}>
          <i className={classes.bar} data-width={index % 3} />
          <i className={classes.pill} data-hue={hue} />
          <i className={classes.dot} data-hue={hue} />
        </div>
      ))}
    </div>
  );
}
