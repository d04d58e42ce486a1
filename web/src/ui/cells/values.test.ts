import { describe, expect, it } from 'vitest';
import { isNumeric, safeHref, shownAs } from './values';

describe('safeHref', () => {
  it.each([
    ['url', 'https://example.com/a', 'https://example.com/a'],
    ['url', 'example.com', 'https://example.com/'],
    ['email', 'a@b.c', 'mailto:a@b.c'],
    ['phoneNumber', '+420 555 01', 'tel:+42055501'],
  ])('%s %s', (type, value, expected) => {
    expect(safeHref(type, value)).toBe(expected);
  });

  it.each([
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'java\nscript:alert(1)',
    'plain words',
    '',
  ])('refuses %j', (value) => {
    expect(safeHref('url', value)).toBeUndefined();
  });
});

describe('shownAs', () => {
  it('shows a formula as its result', () => {
    const field = { type: 'formula', options: { result: { type: 'number' } } };
    expect(shownAs(field).type).toBe('number');
    expect(isNumeric(field)).toBe(true);
  });

  it('shows a broken formula as text', () => {
    expect(shownAs({ type: 'formula', options: { result: null } }).type).toBe('singleLineText');
  });
});
