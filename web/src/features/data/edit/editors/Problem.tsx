import classes from './Editor.module.css';

/** What is wrong with a cell, right below it. */
export function Problem({ text }: { text?: string }) {
  if (!text) return null;
  return (
    <span className={classes.problem} role="alert">
      {text}
    </span>
  );
}
