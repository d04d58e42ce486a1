import { expect, it } from 'vitest';
import { checkInput, curlText, inputPaths, ofTemplate, skeleton, withMember } from './input';

const reference = (path: string) => `\${input.${path}}`;

it('finds what a definition needs, each member once', () => {
  const steps = [
    { arguments: { a: reference('name'), b: `x ${reference('name')} ${reference('event.id')}` } },
    {
      arguments: {
        c: `$${reference('literal')}`,
        d: `\${steps.a.result.id}`,
        e: reference('event'),
      },
    },
  ];
  expect(inputPaths({ steps })).toEqual([['name'], ['event', 'id']]);
});

it('starts from an input with every member, still empty', () => {
  expect(JSON.parse(skeleton([['name'], ['event', 'id'], ['event', 'type']]))).toEqual({
    name: '',
    event: { id: '', type: '' },
  });
});

it('tells what is wrong with an input', () => {
  expect(checkInput('{"a": ', [['a']]).problem).toMatch(/^This is not JSON: /);
  expect(checkInput('[1]', []).problem).toMatch(/object/);
  expect(checkInput('{"a": "", "b": {"c": 0}}', [['a'], ['b', 'c'], ['d']]).members).toEqual({
    a: 'a must be filled in.',
    d: 'd is missing; a step refers to it.',
  });
  expect(checkInput('{"a": false}', [['a']])).toEqual({ value: { a: false }, members: {} });
});

it('sets a member and leaves a broken text alone', () => {
  expect(JSON.parse(withMember('{"a": 1}', 'b', 'x'))).toEqual({ a: 1, b: 'x' });
  expect(withMember('{"a"', 'b', 'x')).toBe('{"a"');
});

it('writes a start for a shell, quotes and all', () => {
  const what = ofTemplate({
    name: 'data_sync',
    description: '',
    input: ['key_field'],
    definition: { steps: [] },
  });
  const text = curlText('https://x.org', what, 'wsp1', { key_field: "it's" });
  expect(text).toContain(`-d '{"workspace_id":"wsp1","steps":[]}'`);
  expect(text).toContain(`"key_field":"it'\\''s"`);
  expect(text.match(/curl/g)).toHaveLength(2);
  expect(curlText('', what, '', { a: { key_field: '' } })).toContain('"key_field":"KEY_FIELD"');
  expect(curlText('https://x.org', { ...what, template: undefined }, '', {})).not.toContain('PUT');
});
