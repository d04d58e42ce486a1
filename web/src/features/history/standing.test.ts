import { expect, it } from 'vitest';
import type { ChangeSet } from '@/api/changes';
import { standings, undoneness } from './standing';

const NOW = Date.parse('2026-11-25T12:00:00Z');

function set(id: string, over: Partial<ChangeSet> = {}) {
  return {
    id,
    origin: 'tool',
    created: 1,
    updated: 0,
    deleted: 0,
    state: 'completed',
    undoes: null,
    undone_by: null,
    undoable_until: '2026-12-25T12:00:00Z',
    ...over,
  } as ChangeSet;
}

const among =
  (...sets: ChangeSet[]) =>
  (id: string) =>
    sets.find((each) => each.id === id);

it('is undone by a whole undo, and partly by a partial or unknown one', () => {
  const change = set('a', { undone_by: 'u' });
  expect(undoneness(set('a'), among())).toBe('no');
  expect(undoneness(change, among(set('u')))).toBe('all');
  expect(undoneness(change, among(set('u', { state: 'partial' })))).toBe('partly');
  expect(undoneness(change, among())).toBe('partly');
});

it('stands again once the undo is undone, and is undone again after one more', () => {
  const change = set('a', { undone_by: 'u' });
  const undo = set('u', { undone_by: 'r' });
  expect(undoneness(change, among(undo, set('r')))).toBe('no');
  const redo = set('r', { undone_by: 'u2' });
  expect(undoneness(change, among(undo, redo, set('u2')))).toBe('all');
});

it('tells what else matters, and age only while there is something to undo', () => {
  const old = { undoable_until: '2026-11-01T12:00:00Z' };
  expect(standings(set('a', { state: 'open' }), among(), NOW)).toEqual(['open']);
  expect(standings(set('a', { ...old, state: 'partial' }), among(), NOW)).toEqual([
    'partial',
    'tooOld',
  ]);
  expect(standings(set('a', { ...old, created: 0 }), among(), NOW)).toEqual([]);
  expect(standings(set('a', { ...old, undone_by: 'u' }), among(set('u')), NOW)).toEqual(['undone']);
  expect(standings(set('u', { origin: 'undo', state: 'partial' }), among(), NOW)).toEqual([
    'undoPartial',
  ]);
});
