import { describe, expect, it } from 'vitest';
import type { Field } from '@/api/types';
import { toWire } from '../wire';
import { movedFile, sizeText, withoutFile, withUrl } from './files';

const PLAN = { id: 'att1', url: 'https://here/1', filename: 'plan.pdf', size: 12 };
const PHOTO = { id: 'att2', url: 'https://here/2', filename: 'photo.png' };
const FIELD: Field = { id: 'fld1', name: 'Files', type: 'multipleAttachments' };

describe('files of a cell', () => {
  it('are sent by their ids, and by address when they are new', () => {
    const more = withUrl([PLAN], ' https://example.org/a/Map%201.png?x=1 ');
    expect(more).toHaveLength(2);
    expect(toWire(FIELD, more)).toEqual([
      { id: 'att1' },
      { url: 'https://example.org/a/Map%201.png?x=1' },
    ]);
  });

  it.each(['', 'plan.pdf', 'javascript:alert(1)', 'file:///etc/passwd', 'https://'])(
    'are not fetched from %j',
    (text) => expect(withUrl([], text)).toBeUndefined(),
  );

  it('are removed, the last one leaving nothing', () => {
    expect(withoutFile([PLAN, PHOTO], 0)).toEqual([PHOTO]);
    expect(withoutFile([PLAN], 0)).toBeNull();
  });

  it('change places', () => {
    expect(movedFile([PLAN, PHOTO], 1, 0)).toEqual([PHOTO, PLAN]);
    const files = [PLAN, PHOTO];
    expect(movedFile(files, 1, 2)).toBe(files);
  });

  it.each([
    [undefined, ''],
    [12, '12 B'],
    [1530, '1.5 KB'],
    [52_428_800, '52 MB'],
  ])('of size %s read %j', (bytes, text) => expect(sizeText(bytes)).toBe(text));
});
