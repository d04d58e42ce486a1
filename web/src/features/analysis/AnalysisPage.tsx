import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { analysis, type BaseAnalysis } from '@/api/analysis';
import { en } from '@/locales/en';
import { number } from '@/locales/words';
import { ErrorState } from '@/ui/ErrorState';
import { Fact } from '@/ui/Fact';
import page from '@/ui/Page.module.css';
import { PageBar } from '@/ui/PageBar';
import classes from './Analysis.module.css';
import { Findings } from './Findings';
import { Graph } from './Graph';

const t = en.analysis;

/** What is worth a look in a base: how its tables are linked, and what the rules found. */
export function AnalysisPage({ baseId }: { baseId: string }) {
  const { data, error, refetch } = useQuery(analysis(baseId));
  return (
    <>
      <PageBar title={data ? t.titleOf(data.base) : t.title} />
      <div className={page.scroll}>
        <div className={page.column}>
          {error && !data && <ErrorState error={error} onRetry={refetch} />}
          {!data && !error && (
            <div aria-busy="true">
              <Skeleton h={64} mb={20} radius={12} />
              <Skeleton h={260} radius={12} />
            </div>
          )}
          {data && <Content analysis={data} />}
        </div>
      </div>
    </>
  );
}

function Content({ analysis }: { analysis: BaseAnalysis }) {
  const { tables, relationships } = analysis;
  const sum = (count: (table: (typeof tables)[number]) => number) =>
    number(tables.reduce((total, table) => total + count(table), 0));
  return (
    <>
      <dl className={page.facts}>
        <Fact name={t.tables}>{number(tables.length)}</Fact>
        <Fact name={t.records}>{sum((table) => table.record_count)}</Fact>
        <Fact name={t.fields}>{sum((table) => table.fields.length)}</Fact>
        <Fact name={t.computed}>{number(analysis.computed.length)}</Fact>
        <Fact name={t.links}>{number(relationships.length)}</Fact>
      </dl>
      <div>
        <h2 className={classes.title}>{t.graph}</h2>
        <Graph analysis={analysis} />
        {relationships.length === 0 && <p className={classes.dim}>{t.noLinks}</p>}
        <Links analysis={analysis} />
      </div>
      <div>
        <h2 className={classes.title}>{t.findings}</h2>
        <Findings analysis={analysis} />
      </div>
    </>
  );
}

/** The lines of the graph in words. */
function Links({ analysis }: { analysis: BaseAnalysis }) {
  const names = new Map(analysis.tables.map((table) => [table.id, table.name]));
  return (
    <ul className={classes.links}>
      {analysis.relationships.map((link) => (
        <li key={link.from_field_id} className={classes.link}>
          <span>
            {names.get(link.from_table_id)} – {names.get(link.to_table_id)}
          </span>
          <span>{t.cardinalities[link.cardinality]}</span>
          <span className={classes.dim}>
            {t.linkNames(link.from_field, link.to_field)} · {t.linkCount(link.link_count)}
          </span>
        </li>
      ))}
    </ul>
  );
}
