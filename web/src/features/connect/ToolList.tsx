import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { mcpTools } from '@/api/queries';
import type { McpTool } from '@/api/types';
import { en } from '@/locales/en';
import { ErrorState } from '@/ui/ErrorState';
import classes from './ConnectPage.module.css';

const t = en.connect;

export function ToolList() {
  const { data, error, isPending, refetch } = useQuery(mcpTools);
  if (isPending) return <Skeleton h={160} radius={10} />;
  if (error) return <ErrorState error={error} onRetry={refetch} />;
  if (data.tools.length === 0) return <p className={classes.stepHint}>{t.noTools}</p>;
  return (
    <ul className={classes.tools}>
      {data.tools.map((tool) => (
        <li key={tool.name} className={classes.tool}>
          <div className={classes.toolHead}>
            <strong>{tool.title ?? tool.name}</strong>
            <Effect tool={tool} />
          </div>
          <p className={classes.toolText}>{firstSentence(tool.description)}</p>
          <code className={classes.toolName}>{tool.name}</code>
        </li>
      ))}
    </ul>
  );
}

function Effect({ tool }: { tool: McpTool }) {
  const { readOnlyHint, destructiveHint } = tool.annotations ?? {};
  if (readOnlyHint) return <span className={classes.effect}>{t.reads}</span>;
  return (
    <span className={classes.effect} data-effect={destructiveHint ? 'delete' : 'write'}>
      {destructiveHint ? t.deletes : t.writes}
    </span>
  );
}

/** Descriptions are written for models and run long; people need the gist. */
function firstSentence(text = '') {
  return text.match(/^.*?[.!?](?=\s|$)/s)?.[0] ?? text;
}
