import { describe, expect, it } from 'vitest';
import { formatCell } from '../cells/formatCell';
import { isEmpty, shown, textParts } from './shown';

describe('a value of the history', () => {
  it('shows links by name, whether the field is known or not', () => {
    const value = [{ id: 'recA', name: 'Ann' }, { id: 'recB' }];
    for (const field of [{ type: 'multipleRecordLinks' }, undefined]) {
      const { field: config, value: ids, names } = shown(field, value);
      expect(formatCell(config, ids, names)).toBe('Ann, recB');
    }
  });

  it('follows the field where there is one', () => {
    const { field, value } = shown({ type: 'currency', options: { symbol: '€' } }, 12);
    expect(formatCell(field, value)).toBe('€12.00');
  });

  it('does not trust a field that was made into links since', () => {
    const { field, value } = shown({ type: 'multipleRecordLinks' }, 'Ann');
    expect(formatCell(field, value)).toBe('Ann');
  });

  it('knows what is empty', () => {
    expect([null, undefined, '', [], false].every(isEmpty)).toBe(true);
    expect([0, 'x', ['x'], true].some(isEmpty)).toBe(false);
  });
});

describe('two texts', () => {
  it('are split into what they share and what not, by words', () => {
    const parts = textParts(
      'Paint the fence green before Friday',
      'Paint the fence grey before Friday',
    );
    expect(parts?.map((part) => part.middle)).toEqual(['green', 'grey']);
    expect(parts?.[0].head).toBe('Paint the fence ');
    expect(parts?.[1].tail).toBe(' before Friday');
  });

  it('hold everything when put together again', () => {
    const [before, after] = ['a long text that repeats repeats', 'a long text that repeats'];
    const parts = textParts(before, after);
    const whole = parts?.map(({ head, middle, tail }) => head + middle + tail);
    expect(whole).toEqual([before, after]);
  });

  it('are left whole when short or unlike', () => {
    expect(textParts('To do', 'Done')).toBeUndefined();
    expect(
      textParts('Something altogether different', 'Quite another long sentence'),
    ).toBeUndefined();
    expect(textParts(12, 'Quite another long sentence')).toBeUndefined();
  });
});
