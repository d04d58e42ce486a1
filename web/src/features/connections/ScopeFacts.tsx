import { IconAlertTriangle } from '@tabler/icons-react';
import { en } from '@/locales/en';
import { Notice } from '@/ui/Notice';
import classes from './Connections.module.css';
import { missingScopes } from './scopes';

const t = en.connections;

export function ScopeFacts({ scopes }: { scopes: string[] | null }) {
  if (!scopes) return <p className={classes.meta}>{t.scopesUnknown}</p>;
  const missing = missingScopes(scopes);
  return (
    <>
      <ul className={classes.scopes} aria-label={t.scopes}>
        {scopes.map((scope) => (
          <li key={scope}>
            <code className={classes.scope}>{scope}</code>
          </li>
        ))}
      </ul>
      {missing.length > 0 && (
        <Notice tone="warning" icon={IconAlertTriangle} title={t.missing(missing.length)}>
          {missing.map((scope) => (
            <p key={scope}>{t.without(scope, t.scopeUses[scope])}</p>
          ))}
          <p>{t.addScopes}</p>
        </Notice>
      )}
    </>
  );
}
