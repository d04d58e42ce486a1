import { Button } from '@mantine/core';
import { getHotkeyHandler } from '@mantine/hooks';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { askSql, sqlTables } from '@/api/sql';
import { en } from '@/locales/en';
import { PageBar } from '@/ui/PageBar';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { quoted, replaceSelection } from './names';
import classes from './QueryPage.module.css';
import { ResultTable } from './ResultTable';
import { TableList } from './TableList';

const t = en.query;
/** More than a person reads, and less than a browser minds. */
const MOST_ROWS = 1000;

export function QueryPage({ baseId }: { baseId: string }) {
  const editor = useRef<HTMLTextAreaElement>(null);
  const [written, setWritten] = useState<string>();
  const { data: tables } = useQuery(sqlTables(baseId));
  const first = tables?.items[0];
  const sql = written ?? (first ? `SELECT *\nFROM ${quoted(first.name)}\nLIMIT 100` : '');
  const asked = useMutation({ mutationFn: () => askSql(baseId, sql, MOST_ROWS) });
  const run = () => {
    if (sql.trim() && !asked.isPending) asked.mutate();
  };
  const insert = (name: string) => {
    const area = editor.current;
    if (!area) return;
    const next = replaceSelection(sql, area.selectionStart, area.selectionEnd, quoted(name));
    setWritten(next.text);
    area.focus();
    requestAnimationFrame(() => area.setSelectionRange(next.cursor, next.cursor));
  };
  return (
    <div className={classes.page}>
      <PageBar title={t.title}>
        <span className={classes.hint}>{t.runHint}</span>
        <Button
          leftSection={<IconPlayerPlay size={16} />}
          loading={asked.isPending}
          disabled={!sql.trim()}
          onClick={run}
        >
          {t.run}
        </Button>
      </PageBar>
      <div className={classes.body}>
        <div className={classes.work}>
          <textarea
            ref={editor}
            className={classes.editor}
            aria-label={t.statement}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            value={sql}
            onChange={(event) => setWritten(event.currentTarget.value)}
            onKeyDown={getHotkeyHandler([['mod+Enter', run]])}
          />
          {asked.isError && <ProblemAlert error={asked.error} isFull />}
          {asked.isSuccess && <ResultTable answer={asked.data} />}
        </div>
        <TableList tables={tables?.items ?? []} onInsert={insert} />
      </div>
    </div>
  );
}
