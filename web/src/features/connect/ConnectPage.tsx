import { useState } from 'react';
import { en } from '@/locales/en';
import { PageBar } from '@/ui/PageBar';
import { ClientSettings } from './ClientSettings';
import classes from './ConnectPage.module.css';
import { KeyStep } from './KeyStep';
import { Step } from './Step';
import { ToolList } from './ToolList';

const t = en.connect;

export function ConnectPage() {
  // The key lives in this component alone: leaving the page forgets it.
  const [key, setKey] = useState<string>();
  return (
    <>
      <PageBar title={t.title} />
      <div className={classes.scroll}>
        <div className={classes.column}>
          <p className={classes.lead}>{t.lead}</p>
          <Step number={1} title={t.step1} hint={t.step1Hint} isDone={Boolean(key)}>
            <KeyStep value={key} onChange={setKey} />
          </Step>
          <Step number={2} title={t.step2} hint={t.step2Hint}>
            <ClientSettings apiKey={key} />
          </Step>
          <Step number={3} title={t.step3} hint={t.step3Hint}>
            <ToolList />
          </Step>
        </div>
      </div>
    </>
  );
}
