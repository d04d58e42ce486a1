import { expect, test } from 'vitest';
import { quoted, replaceSelection } from './names';

test('names that are no plain words are quoted', () => {
  expect(quoted('Tasks')).toBe('Tasks');
  expect(quoted('Order')).toBe('"Order"');
  expect(quoted('Größe 📏')).toBe('"Größe 📏"');
  expect(quoted('say "hi"')).toBe('"say ""hi"""');
  expect(quoted('2024')).toBe('"2024"');
  expect(quoted('Tasks.Owner')).toBe('"Tasks.Owner"');
});

test('what is inserted replaces the selection', () => {
  expect(replaceSelection('SELECT x FROM t', 7, 8, 'Name')).toEqual({
    text: 'SELECT Name FROM t',
    cursor: 11,
  });
});
