import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './Notice.module.css';
import type { Tone } from './Tag';

interface Props {
  tone?: Exclude<Tone, 'accent'>;
  icon: Icon;
  title: string;
  /** A status is read out when it appears; a section stands in the outline of the page. */
  as?: 'status' | 'section';
  children?: ReactNode;
}

/** Something that must be seen, with the colour of how it is meant. */
export function Notice({
  tone = 'neutral',
  icon: NoticeIcon,
  title,
  as = 'section',
  children,
}: Props) {
  const isSection = as === 'section';
  const Root = isSection ? 'section' : 'div';
  return (
    <Root
      className={classes.notice}
      data-tone={tone}
      role={isSection ? undefined : 'status'}
      aria-label={isSection ? title : undefined}
    >
      <NoticeIcon size={isSection ? 18 : 20} className={classes.icon} aria-hidden="true" />
      <div className={classes.body}>
        {isSection ? (
          <h3 className={classes.small}>{title}</h3>
        ) : (
          <strong className={classes.title}>{title}</strong>
        )}
        {children}
      </div>
    </Root>
  );
}
