import { type FocusEvent, type KeyboardEvent, useRef, useState } from 'react';
import { editText, parseCell } from '../parse';
import type { EditorProps, Move } from './types';

/** The text of an editor until it is taken over or given up. */
export function useDraft({ field, value, seed, onCommit, onCancel }: EditorProps) {
  const old = editText(field, value);
  const [text, setText] = useState(seed ?? old);
  const [problem, setProblem] = useState<string>();
  const isDone = useRef(false);
  const cancel = (why?: string) => {
    if (isDone.current) return;
    isDone.current = true;
    onCancel(why);
  };
  const commit = (move: Move) => {
    if (isDone.current) return;
    const parsed = text === old ? { value } : parseCell(field, text);
    if ('problem' in parsed) {
      if (move === 'stay') cancel(parsed.problem);
      else setProblem(parsed.problem);
      return;
    }
    isDone.current = true;
    onCommit('value' in parsed ? parsed.value : parsed.text, move);
  };
  return {
    text,
    problem,
    setText: (next: string) => {
      setText(next);
      setProblem(undefined);
    },
    onKeyDown: (event: KeyboardEvent) => {
      const move = moveOf(event);
      if (event.key === 'Escape') cancel();
      else if (move) commit(move);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    onBlur: (event: FocusEvent) => {
      // The window lost the focus, or the calendar opened, and not the editor.
      if (document.activeElement === event.target) return;
      commit('stay');
    },
  };
}

/** Enter goes down and Tab to the side; with Shift the other way. */
export function moveOf(event: KeyboardEvent): Move | undefined {
  if (event.nativeEvent.isComposing) return undefined;
  if (event.key === 'Tab') return event.shiftKey ? 'left' : 'right';
  if (event.key !== 'Enter' || event.altKey) return undefined;
  return event.shiftKey ? 'up' : 'down';
}
