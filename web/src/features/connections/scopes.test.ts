import { expect, it } from 'vitest';
import { missingScopes } from './scopes';

it('names the scopes that are missing for reading and writing records', () => {
  expect(missingScopes(['data.records:read'])).toEqual(['schema.bases:read', 'data.records:write']);
  expect(missingScopes(['data.records:read', 'data.records:write', 'schema.bases:read'])).toEqual(
    [],
  );
});

it('calls none missing where they are not known', () => {
  expect(missingScopes(null)).toEqual([]);
});
