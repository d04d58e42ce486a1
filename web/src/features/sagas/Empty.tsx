import { Button } from '@mantine/core';
import { IconTransform } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { me } from '@/api/queries';
import { type Template, templates } from '@/api/sagas';
import { en } from '@/locales/en';
import { CodeBlock } from '@/ui/CodeBlock';
import { EmptyState } from '@/ui/EmptyState';
import page from '@/ui/Page.module.css';
import { curlText, ofTemplate, skeleton } from './input';
import classes from './Sagas.module.css';

const t = en.sagas;

/** Nothing ran yet: how to start the first one, here and from a shell. */
export function Empty({ onStart }: { onStart: (what?: string) => void }) {
  const { data } = useQuery(templates);
  const ready = data?.items[0];
  return (
    <>
      <EmptyState
        icon={<IconTransform size={26} stroke={1.6} />}
        title={t.emptyTitle}
        actions={
          <>
            {ready && <Button onClick={() => onStart(ready.name)}>{t.emptyStart}</Button>}
            <Button variant="default" onClick={() => onStart()}>
              {t.startOne}
            </Button>
          </>
        }
      >
        {t.emptyText}
      </EmptyState>
      {ready && <FromShell template={ready} />}
    </>
  );
}

function FromShell({ template }: { template: Template }) {
  const { data } = useQuery(me);
  const what = ofTemplate(template);
  const workspace = data?.workspaces[0]?.id ?? '';
  const input = JSON.parse(skeleton(what.paths));
  return (
    <div className={classes.shell}>
      <CodeBlock
        title={t.fromShell}
        code={curlText(window.location.origin, what, workspace, input)}
      />
      <p className={page.meta}>
        {t.fromShellHint}{' '}
        <Link to="/connect" className={page.link}>
          {en.nav.connect}
        </Link>
      </p>
    </div>
  );
}
