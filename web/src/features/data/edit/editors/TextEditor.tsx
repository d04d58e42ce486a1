import type { KeyboardEvent } from 'react';
import { en } from '@/locales/en';
import classes from './Editor.module.css';
import type { EditorProps } from './types';
import { useDraft } from './useDraft';

/** Text of several lines: Enter takes it over, Shift Enter breaks a line. */
export function TextEditor(props: EditorProps) {
  const draft = useDraft(props);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !event.shiftKey) draft.onKeyDown(event);
  };
  return (
    <textarea
      className={classes.area}
      data-mantine-stop-propagation="true"
      // biome-ignore lint/a11y/noAutofocus: the person has just asked to edit this cell
      autoFocus
      aria-label={en.grid.edit(props.field.name)}
      rows={Math.min(12, Math.max(4, draft.text.split('\n').length + 1))}
      value={draft.text}
      onFocus={({ currentTarget }) => {
        currentTarget.setSelectionRange(currentTarget.value.length, currentTarget.value.length);
      }}
      onChange={(event) => draft.setText(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      onBlur={draft.onBlur}
    />
  );
}
