import type { Choice } from '@/api/types';

/** A choice while it is edited; new ones have no id yet, so each has a key of the page's own. */
export interface ChoiceDraft {
  key: string;
  id?: string;
  name: string;
  color?: string;
}

export const HUES = [
  'blue',
  'cyan',
  'teal',
  'green',
  'yellow',
  'orange',
  'red',
  'pink',
  'purple',
  'gray',
] as const;
export const TONES = ['Light2', 'Light1', 'Bright', 'Dark1'] as const;

let made = 0;

export function draftsOf(choices: Choice[] = []): ChoiceDraft[] {
  return choices.map((choice, at) => ({ ...choice, key: choice.id ?? `at-${at}` }));
}

/** One more choice, in the colour that comes next. */
export function freshChoice(at: number): ChoiceDraft {
  made += 1;
  return { key: `new-${made}`, name: '', color: `${HUES[at % HUES.length]}Light2` };
}

export function movedChoice(choices: ChoiceDraft[], from: number, to: number): ChoiceDraft[] {
  if (to < 0 || to >= choices.length) return choices;
  const moved = [...choices];
  moved.splice(to, 0, ...moved.splice(from, 1));
  return moved;
}

/** The choices as the server takes them; rows that were left blank are none. */
export function choicesOf(drafts: ChoiceDraft[]): Choice[] {
  const named = drafts.filter(({ id, name }) => id !== undefined || name.trim() !== '');
  return named.map(({ id, name, color }) => ({
    ...(id !== undefined && { id }),
    name: name.trim(),
    ...(color !== undefined && { color }),
  }));
}

/** The first name that is blank though its choice is there, or that two choices have. */
export function wrongName(drafts: ChoiceDraft[]): { kind: 'blank' | 'twice'; name: string } | null {
  const seen = new Set<string>();
  for (const { name } of choicesOf(drafts)) {
    if (name === '') return { kind: 'blank', name };
    if (seen.has(name)) return { kind: 'twice', name };
    seen.add(name);
  }
  return null;
}

export function areSame(choices: Choice[] = [], drafts: ChoiceDraft[]): boolean {
  return JSON.stringify(choicesOf(draftsOf(choices))) === JSON.stringify(choicesOf(drafts));
}
