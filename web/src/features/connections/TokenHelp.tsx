import { en } from '@/locales/en';
import page from '@/ui/Page.module.css';
import classes from './Connections.module.css';
import { SCOPES } from './scopes';

const t = en.connections.form;

/** Where tokens come from, and what this one must be allowed. */
export function TokenHelp() {
  return (
    <div className={classes.help}>
      <p>
        {t.createAt}{' '}
        <a
          className={page.link}
          href="https://airtable.com/create/tokens"
          target="_blank"
          rel="noreferrer"
        >
          {t.tokensPage}
          <span className="srOnly"> {t.newTab}</span>
        </a>{' '}
        {t.scopes}
      </p>
      <dl className={classes.uses}>
        {SCOPES.map((scope) => (
          <div key={scope}>
            <dt>
              <code className={classes.scope}>{scope}</code>
            </dt>
            <dd>{en.connections.scopeUses[scope]}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
