import { afterEach, expect, it } from 'vitest';
import { button, leave, press, show } from '@/testing/page';
import type { Attachment } from '@/ui/cells/values';
import { FileList } from './FileList';

afterEach(leave);

it('moves files, and leaves the focus on a button that can move no further', async () => {
  const files: Attachment[] = [
    { id: 'att1', filename: 'plan.pdf' },
    { id: 'att2', filename: 'photo.png' },
  ];
  const sent: (Attachment[] | null)[] = [];
  await show(<FileList files={files} onChange={(next) => sent.push(next)} />);
  await press(await button('Move plan.pdf down'));
  expect(sent).toEqual([[files[1], files[0]]]);
  const up = await button('Move plan.pdf up');
  expect(up.disabled).toBe(false);
  expect(up.getAttribute('aria-disabled')).toBe('true');
  await press(up);
  expect(sent).toHaveLength(1);
});
