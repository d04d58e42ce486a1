import { en } from '@/locales/en';
import { isNumeric } from '@/ui/cells/values';
import classes from './Editor.module.css';
import { Problem } from './Problem';
import type { EditorProps } from './types';
import { useDraft } from './useDraft';

const MODES: Record<string, 'email' | 'url' | 'tel' | 'decimal'> = {
  email: 'email',
  url: 'url',
  phoneNumber: 'tel',
  number: 'decimal',
  currency: 'decimal',
  percent: 'decimal',
  rating: 'decimal',
};

export function LineEditor(props: EditorProps) {
  const draft = useDraft(props);
  const { field } = props;
  return (
    <>
      <input
        className={classes.input}
        data-mantine-stop-propagation="true"
        data-right={isNumeric(field) || undefined}
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to edit this cell
        autoFocus
        aria-label={en.grid.edit(field.name)}
        aria-invalid={draft.problem !== undefined}
        inputMode={MODES[field.type]}
        spellCheck={field.type === 'singleLineText'}
        value={draft.text}
        onFocus={(event) => props.seed === undefined && event.currentTarget.select()}
        onChange={(event) => draft.setText(event.currentTarget.value)}
        onKeyDown={draft.onKeyDown}
        onBlur={draft.onBlur}
      />
      <Problem text={draft.problem} />
    </>
  );
}
