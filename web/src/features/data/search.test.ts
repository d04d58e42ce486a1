import { expect, it } from 'vitest';
import { parseSort, sortText } from './search';

it('reads the sort that it writes', () => {
  const sort = { fieldId: 'fldA', isDescending: true };
  expect(parseSort(sortText(sort))).toEqual(sort);
});

it('takes no text as no sort', () => {
  expect(parseSort(undefined)).toBeUndefined();
});
