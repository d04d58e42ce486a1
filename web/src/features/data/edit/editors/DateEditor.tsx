import { IconCalendar } from '@tabler/icons-react';
import { useRef } from 'react';
import { en } from '@/locales/en';
import { editDate, parseDate } from '../dateText';
import classes from './Editor.module.css';
import { Problem } from './Problem';
import type { EditorProps } from './types';
import { useDraft } from './useDraft';

/** A date as text, with the browser's own calendar beside it. */
export function DateEditor(props: EditorProps) {
  const draft = useDraft(props);
  const picker = useRef<HTMLInputElement>(null);
  const options = props.field.options ?? {};
  const [, time = ''] = /\s(.*)$/.exec(draft.text.trim()) ?? [];
  const pick = (day: string) => {
    const text = editDate(day, options, false);
    draft.setText(props.field.type === 'dateTime' ? `${text} ${time || '00:00'}` : text);
  };
  return (
    <>
      <input
        className={classes.input}
        data-mantine-stop-propagation="true"
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to edit this cell
        autoFocus
        aria-label={en.grid.edit(props.field.name)}
        aria-invalid={draft.problem !== undefined}
        placeholder={editDate(new Date().toISOString(), options, props.field.type === 'dateTime')}
        value={draft.text}
        onFocus={(event) => props.seed === undefined && event.currentTarget.select()}
        onChange={(event) => draft.setText(event.currentTarget.value)}
        onKeyDown={draft.onKeyDown}
        onBlur={draft.onBlur}
      />
      <button
        type="button"
        className={classes.calendar}
        tabIndex={-1}
        aria-label={en.grid.pickDate}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => picker.current?.showPicker()}
      >
        <IconCalendar size={15} stroke={1.7} />
        <input
          ref={picker}
          type="date"
          className={classes.picker}
          tabIndex={-1}
          aria-hidden="true"
          value={parseDate(draft.text, options) ?? ''}
          onChange={(event) => event.currentTarget.value && pick(event.currentTarget.value)}
        />
      </button>
      <Problem text={draft.problem} />
    </>
  );
}
