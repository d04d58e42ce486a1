import { expect, it } from 'vitest';
import type { ReachedTable } from '@/api/connections';
import { openAtFirst, tickOf, toggled, withoutDoubles } from './hiddenParts';

const field = (id: string) => ({ id, name: id, type: 'singleLineText' });
const table = (id: string, fields: string[]): ReachedTable => ({
  id,
  name: id,
  primaryFieldId: fields[0] ?? '',
  fields: fields.map(field),
  views: [],
});
const tasks = table('tblTasks', ['fldName', 'fldNotes']);
const people = table('tblPeople', ['fldWho', 'fldWage']);
const nothing = { tables: [], fields: [] };

it('ticks and unticks tables and fields', () => {
  const one = toggled(nothing, 'fields', 'fldNotes');
  expect(one).toEqual({ tables: [], fields: ['fldNotes'] });
  const two = toggled(one, 'tables', 'tblPeople');
  expect(two).toEqual({ tables: ['tblPeople'], fields: ['fldNotes'] });
  expect(toggled(toggled(two, 'fields', 'fldNotes'), 'tables', 'tblPeople')).toEqual(nothing);
});

it('tells a hidden table from one with hidden fields', () => {
  const hidden = { tables: ['tblPeople'], fields: ['fldNotes'] };
  expect([tasks, people].map((one) => tickOf(one, hidden))).toEqual(['some', 'all']);
  expect(tickOf(tasks, nothing)).toBe('none');
});

it('counts no field of a hidden table, and keeps what Airtable does not list', () => {
  const hidden = { tables: ['tblPeople'], fields: ['fldWage', 'fldNotes', 'fldGone'] };
  expect(withoutDoubles(hidden, [tasks, people])).toEqual({
    tables: ['tblPeople'],
    fields: ['fldNotes', 'fldGone'],
  });
});

it('opens all of a small base, and of a large one what has something hidden', () => {
  const many = table(
    'tblMany',
    Array.from({ length: 60 }, (_, n) => `fld${n}`),
  );
  const hidden = { tables: ['tblMany'], fields: ['fldWage'] };
  expect(openAtFirst([tasks, people], nothing)).toEqual(['tblTasks', 'tblPeople']);
  expect(openAtFirst([tasks, people, many], hidden)).toEqual(['tblPeople']);
});
