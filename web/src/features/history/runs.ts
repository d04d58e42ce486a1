import type { ChangeSet } from '@/api/changes';
import { means, sentence } from './sentence';
import { undoneness } from './standing';

export interface Run {
  /** The newest of them. */
  first: ChangeSet;
  changes: ChangeSet[];
}

const FEWEST = 4;
const PAUSE_MS = 10 * 60_000;

/** Neighbours that read alike and came soon after one another; few of them stay single. */
export function runs(changes: ChangeSet[]): Run[] {
  const groups: ChangeSet[][] = [];
  for (const change of changes) {
    const last = groups.at(-1);
    const previous = last?.at(-1);
    if (last && previous && continues(previous, change)) last.push(change);
    else groups.push([change]);
  }
  return groups.flatMap((group) =>
    group.length < FEWEST ? group.map((change) => run([change])) : [run(group)],
  );
}

function run(changes: ChangeSet[]): Run {
  return { first: changes[0] as ChangeSet, changes };
}

function continues(newer: ChangeSet, older: ChangeSet) {
  const pause = Date.parse(newer.started_at) - Date.parse(older.started_at);
  return pause <= PAUSE_MS && key(newer) === key(older);
}

/** What was taken back, or is not done yet, must not vanish in a crowd. */
function key(change: ChangeSet) {
  const isPlain = change.state === 'completed' && undoneness(change, () => undefined) === 'no';
  if (!isPlain || change.origin === 'undo') return change.id;
  const places = change.bases.map((base) => base.base_id);
  return [sentence(change), ...means(change), ...places].join('\n');
}
