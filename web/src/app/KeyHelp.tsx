import { modals } from '@mantine/modals';
import { en } from '@/locales/en';
import classes from './KeyHelp.module.css';

export function showKeyHelp() {
  modals.open({ modalId: 'keys', title: en.keys.title, size: 640, children: <KeyHelp /> });
}

function KeyHelp() {
  return (
    <div className={classes.columns}>
      <KeyTable title={en.keys.everywhere} rows={en.keys.list} />
      <KeyTable title={en.keys.history} rows={en.keys.historyList} />
      <KeyTable title={en.keys.sagas} rows={en.keys.sagasList} />
      <KeyTable title={en.keys.grid} rows={en.keys.gridList} />
    </div>
  );
}

function KeyTable({ title, rows }: { title: string; rows: string[][] }) {
  return (
    <section className={classes.table}>
      <h3 className={classes.title}>{title}</h3>
      <dl className={classes.list}>
        {rows.map(([keys, meaning]) => (
          <div key={keys} className={classes.row}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
