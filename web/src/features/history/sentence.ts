import type { BaseEffect, ChangeSet, RecordKind } from '@/api/changes';
import { en } from '@/locales/en';
import { clientName } from '@/ui/clientName';

const t = en.history;
/** Changes come last: often they are only the other side of links. */
const KINDS: RecordKind[] = ['created', 'deleted', 'updated'];
const NAMED_TABLES = 2;

/** What was done, as a person would say it: who or what did which to how many records where. */
export function sentence(change: ChangeSet) {
  const schema = change.bases.flatMap((base) => base.schema);
  const touched = change.created + change.updated + change.deleted;
  const isSchemaOnly = touched === 0 && schema.length > 0;
  return `${subject(change)}${isSchemaOnly ? ':' : ''} ${deed(change, schema)}`;
}

export function subject(change: ChangeSet) {
  if (change.origin === 'app') return change.user || t.someone;
  if (change.origin !== 'undo') return t.origins[change.origin];
  const { depth, title } = unwrap(change.title);
  const name = t.requests[title] ?? title;
  return depth % 2 === 1 ? t.undoOf(name) : t.redoOf(name);
}

/** The undo of an undo carries the word once more; what it is about stands at the end. */
function unwrap(title: string) {
  let [depth, rest] = [0, title];
  while (rest.startsWith('undo ')) {
    depth += 1;
    rest = rest.slice(5);
  }
  return { depth, title: rest };
}

/** Undoing an undo does the thing again. */
export function isUndo(change: ChangeSet) {
  return change.origin === 'undo' && unwrap(change.title).depth % 2 === 1;
}

function deed(change: ChangeSet, schema: string[]) {
  const verbs = change.origin === 'undo' ? t.undoVerbs : t.verbs;
  const parts = KINDS.filter((kind) => change[kind] > 0).map((kind) =>
    t.did(verbs[kind], change[kind], place(change.bases, kind)),
  );
  const [first] = schema;
  if (parts.length === 0 && first) return t.andMore(first, schema.length - 1);
  if (first) parts.push(t.changedSchema(schema.length));
  return t.series(parts) || t.didNothing;
}

function place(bases: BaseEffect[], kind: RecordKind) {
  const touched = bases
    .map((base) => base.tables.filter((table) => table[kind] > 0))
    .filter((tables) => tables.length > 0);
  const names = touched.flat().map((table) => table.name);
  if (names.length <= NAMED_TABLES) return t.series(names);
  return touched.length > 1
    ? t.tablesOfBases(names.length, touched.length)
    : t.tables(names.length);
}

/** How it came: the tool, the script, the person behind it; what the sentence says already is left out. */
export function means(change: ChangeSet) {
  const parts: string[] = [];
  if (change.origin === 'tool' || change.origin === 'saga' || change.origin === 'system') {
    parts.push(change.title);
  }
  const client = change.origin === 'app' ? undefined : clientName(change.client);
  if (client) parts.push(client);
  parts.push(change.origin === 'app' ? t.origins.app : change.user);
  return parts.filter(Boolean);
}
