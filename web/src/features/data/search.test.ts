import { expect, it } from 'vitest';
import { parseSorts, sortText } from './search';

it('reads the sort that it writes', () => {
  const sorts = [
    { fieldId: 'fldA', isDescending: true },
    { fieldId: 'fldB', isDescending: false },
  ];
  expect(parseSorts(sortText(sorts))).toEqual(sorts);
});

it('takes no text as no sort', () => {
  expect(parseSorts(undefined)).toEqual([]);
  expect(sortText([])).toBeUndefined();
});
