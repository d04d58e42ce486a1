import type { StoryLine } from '@/api/sagas';
import { en } from '@/locales/en';
import { clockText, fullTime } from '@/ui/times';
import classes from './SagaPage.module.css';

/** Everything that happened, a sentence each, oldest first. */
export function Story({ lines }: { lines: StoryLine[] }) {
  return (
    <section aria-label={en.sagas.run.story}>
      <h3 className={classes.heading}>{en.sagas.run.story}</h3>
      <ol className={classes.story}>
        {lines.map((line) => (
          <li key={line.seq}>
            <time dateTime={line.at} title={fullTime(line.at)}>
              {clockText(line.at)}
            </time>
            <span>{line.text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
