import { Button, Select, Switch } from '@mantine/core';
import { en } from '@/locales/en';
import { DELIMITERS } from './csv';
import { ENCODINGS, type Encoding } from './decode';
import classes from './Import.module.css';
import type { ReadAs, Sheet } from './useSheet';

const t = en.import;

interface Props {
  sheet: Sheet;
  readAs: ReadAs;
  isNamed: boolean;
  onReadAs: (next: ReadAs) => void;
  onNamed: (isNamed: boolean) => void;
  onOther: () => void;
}

/** How the rows were read, to be corrected. */
export function SheetFacts({ sheet, readAs, isNamed, onReadAs, onNamed, onOther }: Props) {
  const { delimiter, encoding } = sheet;
  const known = DELIMITERS.map((value) => ({ value, label: t.delimiters[value] ?? value }));
  const isKnown = known.some(({ value }) => value === delimiter);
  const delimiters = isKnown ? known : [{ value: delimiter, label: delimiter }, ...known];
  return (
    <div className={classes.facts}>
      <p className={classes.name}>
        <strong>{sheet.name}</strong>
        <span className={classes.hint}>{t.rows(sheet.count - (isNamed ? 1 : 0))}</span>
      </p>
      <Select
        label={t.delimiter}
        w={130}
        data={delimiters}
        allowDeselect={false}
        value={delimiter}
        onChange={(next) => next && onReadAs({ ...readAs, delimiter: next })}
      />
      {encoding && (
        <Select
          label={t.encoding}
          w={170}
          data={ENCODINGS.map((value) => ({ value, label: t.encodings[value] }))}
          allowDeselect={false}
          value={encoding}
          onChange={(next) => next && onReadAs({ ...readAs, encoding: next as Encoding })}
        />
      )}
      <Switch
        className={classes.switch}
        label={t.header}
        checked={isNamed}
        onChange={(event) => onNamed(event.currentTarget.checked)}
      />
      <Button variant="subtle" className={classes.other} onClick={onOther}>
        {t.otherFile}
      </Button>
      {sheet.unclosed !== undefined && (
        <p className={classes.problem} role="alert">
          {t.unclosed(sheet.unclosed)}
        </p>
      )}
    </div>
  );
}
