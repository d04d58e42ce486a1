import { expect, it } from 'vitest';
import { movedBy } from './useColumns';

const columns = ['name', 'a', 'b', 'c'].map((id) => ({
  field: { id, name: id, type: 'singleLineText' },
  width: 100,
  isRight: false,
}));

it('moves a field by one and never past the frozen one or the end', () => {
  expect(movedBy(columns, 'b', -1)).toEqual(['b', 'a', 'c']);
  expect(movedBy(columns, 'a', 1)).toEqual(['b', 'a', 'c']);
  expect(movedBy(columns, 'a', -1)).toEqual(['a', 'b', 'c']);
  expect(movedBy(columns, 'c', 1)).toEqual(['a', 'b', 'c']);
});
