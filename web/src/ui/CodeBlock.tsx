import classes from './CodeBlock.module.css';
import { CopyButton } from './CopyButton';

export function CodeBlock({ code, title }: { code: string; title: string }) {
  return (
    <figure className={classes.root}>
      <figcaption className={classes.head}>
        <span>{title}</span>
        <CopyButton text={code} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label={title}>
        <pre className={classes.code}>
          <code>{code}</code>
        </pre>
      </section>
    </figure>
  );
}
