import { useState } from 'react';
import type { FieldConfig } from '@/api/types';
import { en } from '@/locales/en';
import { CellView } from '../cells/CellView';
import { formatCell } from '../cells/formatCell';
import classes from './Diff.module.css';
import { isEmpty, type Shown, shown, type TextParts } from './shown';

const FOLD_CHARS = 320;
const FOLD_LINES = 6;

interface Props {
  side: 'before' | 'after';
  field?: FieldConfig;
  value: unknown;
  parts?: TextParts;
}

/** One side of a changed cell. */
export function DiffValue({ side, field, value, parts }: Props) {
  const [isOpen, setOpen] = useState(false);
  if (isEmpty(value)) return <span className={classes.empty}>{en.data.emptyCell}</span>;
  const canFold = isLong(value);
  return (
    <span className={classes.value} data-side={side}>
      <span className={classes.content} data-folded={canFold && !isOpen}>
        {parts ? <Marked parts={parts} /> : <Whole {...shown(field, value)} />}
      </span>
      {canFold && (
        <button type="button" className={classes.fold} onClick={() => setOpen(!isOpen)}>
          {isOpen ? en.common.less : en.common.more}
        </button>
      )}
    </span>
  );
}

/** As in the grid, but for the bar of a percentage, which needs the width of a column. */
function Whole({ field, value, names }: Shown) {
  if (field.type === 'percent') return formatCell(field, value, names);
  return <CellView field={field} value={value} names={names} />;
}

function Marked({ parts: { head, middle, tail } }: { parts: TextParts }) {
  return (
    <span>
      {head}
      {middle && <mark className={classes.mark}>{middle}</mark>}
      {tail}
    </span>
  );
}

function isLong(value: unknown) {
  if (Array.isArray(value)) return value.length > 24;
  if (typeof value !== 'string') return false;
  return value.length > FOLD_CHARS || value.split('\n').length > FOLD_LINES;
}
