import { IconAlertTriangle, IconBulb, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type BaseAnalysis, type Finding, SEVERITIES, type Severity } from '@/api/analysis';
import { en } from '@/locales/en';
import { EmptyState } from '@/ui/EmptyState';
import { Tag } from '@/ui/Tag';
import classes from './Analysis.module.css';

const t = en.analysis;
const ICONS: Record<Severity, typeof IconBulb> = {
  error: IconCircleX,
  warning: IconAlertTriangle,
  info: IconBulb,
};

export function Findings({ analysis }: { analysis: BaseAnalysis }) {
  if (analysis.findings.length === 0) {
    return (
      <EmptyState icon={<IconCircleCheck size={26} stroke={1.6} />} title={t.noFindings}>
        {t.noFindingsText}
      </EmptyState>
    );
  }
  const groups = SEVERITIES.map((severity) => ({
    severity,
    findings: analysis.findings.filter((finding) => finding.severity === severity),
  })).filter(({ findings }) => findings.length > 0);
  return (
    <>
      {groups.map(({ severity, findings }) => (
        <section key={severity} aria-label={t.severities[severity]}>
          <h3 className={classes.severity}>
            {t.severities[severity]} <span className={classes.count}>{findings.length}</span>
          </h3>
          <ul className={classes.findings}>
            {findings.map((finding) => (
              <Item
                key={`${finding.code} ${finding.table_id} ${finding.field_ids.join()}`}
                finding={finding}
                baseId={analysis.base_id}
              />
            ))}
          </ul>
        </section>
      ))}
      {analysis.findings_left_out > 0 && (
        <p className={classes.dim}>{t.leftOut(analysis.findings_left_out)}</p>
      )}
    </>
  );
}

function Item({ finding, baseId }: { finding: Finding; baseId: string }) {
  const SeverityIcon = ICONS[finding.severity];
  const numbers = Object.entries(finding.evidence.numbers);
  return (
    <li className={classes.finding}>
      <span className={classes.icon} data-severity={finding.severity}>
        <SeverityIcon size={16} stroke={1.8} />
      </span>
      <div className={classes.text}>
        <p className={classes.message}>{finding.message}</p>
        <p className={classes.suggestion}>{finding.suggestion}.</p>
        <p className={classes.dim}>
          {[finding.fields.join(', '), ...numbers.map(([name, n]) => t.evidence(name, n))]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <div className={classes.aside}>
        <Tag>{t.categories[finding.category]}</Tag>
        {finding.table_id && (
          <Link
            to="/bases/$baseId/$tableId"
            params={{ baseId, tableId: finding.table_id }}
            search={{}}
            className={classes.open}
          >
            {t.openTable(finding.table ?? '')}
          </Link>
        )}
      </div>
    </li>
  );
}
