import { describe, expect, it } from 'vitest';
import type { ChangeSet, TableEffect } from '@/api/changes';
import { clientName } from '@/ui/clientName';
import { isUndo, means, sentence } from './sentence';

function table(name: string, counts: Partial<TableEffect>): TableEffect {
  return { id: `tbl${name}`, name, created: 0, updated: 0, deleted: 0, ...counts };
}

function change(over: Partial<ChangeSet>, ...tables: TableEffect[]): ChangeSet {
  const sum = (kind: 'created' | 'updated' | 'deleted') =>
    tables.reduce((total, each) => total + each[kind], 0);
  return {
    id: 'chg_1',
    origin: 'tool',
    title: 'batch_create_records',
    client: null,
    user_id: 'usr_1',
    user: 'Olga',
    state: 'completed',
    started_at: '2026-11-25T12:00:00Z',
    finished_at: '2026-11-25T12:00:01Z',
    bases: [{ base_id: 'app1', base: 'Launch', tables, schema: [] }],
    created: sum('created'),
    updated: sum('updated'),
    deleted: sum('deleted'),
    undoes: null,
    undone_by: null,
    undoable_until: '2026-12-25T12:00:00Z',
    ...over,
  };
}

describe('the sentence of a change', () => {
  it('names who, how many and where', () => {
    expect(sentence(change({}, table('Tasks', { created: 12 })))).toBe(
      'Assistant made 12 records in Tasks',
    );
    expect(sentence(change({ origin: 'api' }, table('Tasks', { updated: 1 })))).toBe(
      'Script changed 1 record in Tasks',
    );
    expect(sentence(change({ origin: 'app' }, table('Tasks', { deleted: 2 })))).toBe(
      'Olga deleted 2 records in Tasks',
    );
  });

  it('says each kind with its own tables', () => {
    const mixed = change({}, table('Tasks', { created: 12 }), table('Projects', { updated: 3 }));
    expect(sentence(mixed)).toBe(
      'Assistant made 12 records in Tasks and changed 3 records in Projects',
    );
  });

  it('tells a deletion before the links that went with it', () => {
    const linked = change({}, table('Projects', { updated: 4 }), table('Tasks', { deleted: 2 }));
    expect(sentence(linked)).toBe(
      'Assistant deleted 2 records in Tasks and changed 4 records in Projects',
    );
  });

  it('counts tables when there are many, and bases when there are several', () => {
    const tables = ['A', 'B', 'C'].map((name) => table(name, { created: 1000 }));
    const system = { origin: 'system', title: 'base import' } as const;
    expect(sentence(change(system, ...tables))).toBe('This server made 3,000 records in 3 tables');
    const bases = tables.map((each) => ({
      base_id: each.id,
      base: each.name,
      tables: [each],
      schema: [],
    }));
    expect(sentence(change({ ...system, bases }, ...tables))).toBe(
      'This server made 3,000 records in 3 tables of 3 bases',
    );
  });

  it('tells undo and redo apart', () => {
    const of = (title: string) =>
      sentence(change({ origin: 'undo', title }, table('Tasks', { created: 2 })));
    expect(of('undo batch_delete_records')).toBe(
      'Undo of batch_delete_records brought back 2 records in Tasks',
    );
    expect(of('undo delete')).toBe('Undo of a deletion brought back 2 records in Tasks');
    expect(of('undo undo patch')).toBe('Redo of a change brought back 2 records in Tasks');
    expect(isUndo(change({ origin: 'undo', title: 'undo patch' }))).toBe(true);
    expect(isUndo(change({ origin: 'undo', title: 'undo undo patch' }))).toBe(false);
    expect(isUndo(change({ origin: 'tool', title: 'undo things' }))).toBe(false);
  });

  it('says what happened to the schema', () => {
    const bases = (...schema: string[]) => [{ base_id: 'app1', base: 'L', tables: [], schema }];
    expect(sentence(change({ bases: bases('Field "Risk" was added to "Tasks"') }))).toBe(
      'Assistant: Field "Risk" was added to "Tasks"',
    );
    expect(sentence(change({ bases: bases('A table was made', 'b', 'c') }))).toBe(
      'Assistant: A table was made, and 2 more',
    );
    expect(sentence(change({ bases: [] }))).toBe('Assistant changed nothing');
  });
});

describe('how a change came', () => {
  it('names tool, client and person once', () => {
    expect(means(change({}))).toEqual(['batch_create_records', 'Olga']);
    const script = { origin: 'api', title: 'patch', client: 'pyairtable/3.1 (linux)' } as const;
    expect(means(change(script))).toEqual(['pyairtable 3.1', 'Olga']);
    expect(means(change({ origin: 'app', client: 'Mozilla/5.0' }))).toEqual(['Web UI']);
  });

  it('does not repeat what every browser says', () => {
    expect(clientName('Mozilla/5.0 (X11)')).toBeUndefined();
    expect(clientName('curl/8.1')).toBe('curl 8.1');
    expect(clientName(null)).toBeUndefined();
  });
});
