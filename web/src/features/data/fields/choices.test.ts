import { describe, expect, it } from 'vitest';
import { areSame, choicesOf, draftsOf, freshChoice, movedChoice, wrongName } from './choices';

const CHOICES = [
  { id: 'sel1', name: 'Todo', color: 'blueLight2' },
  { id: 'sel2', name: 'Done', color: 'greenLight2' },
];

describe('choices', () => {
  it('come back as they were', () => {
    expect(choicesOf(draftsOf(CHOICES))).toEqual(CHOICES);
    expect(areSame(CHOICES, draftsOf(CHOICES))).toBe(true);
  });

  it('keep their ids when renamed and moved', () => {
    const [todo, done] = draftsOf(CHOICES);
    if (!todo || !done) throw new Error('two were made');
    const moved = movedChoice([{ ...todo, name: ' To do ' }, done], 0, 1);
    expect(choicesOf(moved)).toEqual([CHOICES[1], { ...CHOICES[0], name: 'To do' }]);
    expect(areSame(CHOICES, moved)).toBe(false);
  });

  it('stay where they are at the ends', () => {
    const drafts = draftsOf(CHOICES);
    expect(movedChoice(drafts, 0, -1)).toBe(drafts);
    expect(movedChoice(drafts, 1, 2)).toBe(drafts);
  });

  it('are new without an id, and none while blank', () => {
    const drafts = [...draftsOf(CHOICES), freshChoice(2), { ...freshChoice(3), name: 'Later' }];
    expect(choicesOf(drafts).slice(2)).toEqual([{ name: 'Later', color: 'greenLight2' }]);
  });

  it('have names, each its own', () => {
    expect(wrongName(draftsOf(CHOICES))).toBeNull();
    const [todo, done] = draftsOf(CHOICES);
    if (!todo || !done) throw new Error('two were made');
    expect(wrongName([{ ...todo, name: ' ' }, done])).toEqual({ kind: 'blank', name: '' });
    expect(wrongName([{ ...todo, name: 'Done' }, done])).toEqual({ kind: 'twice', name: 'Done' });
  });
});
