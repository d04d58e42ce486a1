import { Link } from '@tanstack/react-router';
import type { BaseAnalysis, Cardinality } from '@/api/analysis';
import { en } from '@/locales/en';
import classes from './Analysis.module.css';
import { BOX, type Line, layout, lines } from './layout';

const t = en.analysis;
/** What stands at the two ends of a line. */
const ENDS: Record<Cardinality, [string, string]> = {
  one_to_one: ['1', '1'],
  one_to_many: ['1', 'n'],
  many_to_one: ['n', '1'],
  many_to_many: ['n', 'n'],
};

/** The tables as boxes that lead to them, the links as lines with how many belong to how many. */
export function Graph({ analysis }: { analysis: BaseAnalysis }) {
  const edges = analysis.relationships.map((link) => ({
    from: link.from_table_id,
    to: link.to_table_id,
  }));
  const { width, height, spots } = layout(
    analysis.tables.map((table) => table.id),
    edges,
  );
  const drawn = lines(edges, spots);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className={classes.graph} aria-label={t.graph} tabIndex={0}>
      <div className={classes.plane} style={{ width, height }}>
        <svg width={width} height={height} className={classes.lines} aria-hidden="true">
          {analysis.relationships.map((link, index) => (
            <Edge key={link.from_field_id} cardinality={link.cardinality} line={drawn[index]} />
          ))}
        </svg>
        {analysis.tables.map((table) => {
          const spot = spots.get(table.id);
          return (
            <Link
              key={table.id}
              to="/bases/$baseId/$tableId"
              params={{ baseId: analysis.base_id, tableId: table.id }}
              search={{}}
              className={classes.box}
              style={{ left: spot?.x, top: spot?.y, width: BOX.width, height: BOX.height }}
            >
              <span className={classes.boxName}>{table.name}</span>
              <span className={classes.boxFacts}>
                {t.tableFacts(table.record_count, table.fields.length)}
              </span>
            </Link>
          );
        })}
      </div>
    </section>
  );
}

interface EdgeProps {
  cardinality: Cardinality;
  line?: Line;
}

function Edge({ cardinality, line }: EdgeProps) {
  if (!line) return null;
  const { path, start, end } = line;
  const [one, other] = ENDS[cardinality];
  // A line that comes back to its column leaves and arrives on the right.
  const away = end.x >= start.x ? 9 : -9;
  return (
    <g>
      <path d={path} />
      <text x={start.x + away} y={start.y - 3}>
        {one}
      </text>
      <text x={end.x + (end.x === start.x ? away : -away)} y={end.y - 3}>
        {other}
      </text>
    </g>
  );
}
