import type { ChangeSet } from '@/api/changes';

export type Standing = 'open' | 'partial' | 'undone' | 'partlyUndone' | 'undoPartial' | 'tooOld';

type Lookup = (id: string) => ChangeSet | undefined;

/** How much of a change set is taken back by now; an undo that was undone counts no more. */
export function undoneness(change: ChangeSet, find: Lookup): 'no' | 'partly' | 'all' {
  const undo = change.undone_by ? find(change.undone_by) : undefined;
  if (!change.undone_by) return 'no';
  if (!undo) return 'partly';
  const again = undoneness(undo, find);
  if (again === 'all') return 'no';
  return again === 'partly' || undo.state === 'partial' ? 'partly' : 'all';
}

export function isTooOld(change: ChangeSet, now: number) {
  return new Date(change.undoable_until).getTime() < now;
}

/** What a reader must know about a change set besides its sentence. */
export function standings(change: ChangeSet, find: Lookup, now: number): Standing[] {
  const found: Standing[] = [];
  if (change.state === 'open') found.push('open');
  if (change.state === 'partial') found.push(change.origin === 'undo' ? 'undoPartial' : 'partial');
  const undone = undoneness(change, find);
  if (undone === 'all') found.push('undone');
  if (undone === 'partly') found.push('partlyUndone');
  if (recordCount(change) > 0 && undone !== 'all' && isTooOld(change, now)) found.push('tooOld');
  return found;
}

export function recordCount(change: ChangeSet) {
  return change.created + change.updated + change.deleted;
}
