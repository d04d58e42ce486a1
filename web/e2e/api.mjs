import assert from 'node:assert/strict';

const SCOPES = [
  'data.records:read',
  'data.records:write',
  'schema.bases:read',
  'schema.bases:write',
];

/** Calls the server as a script would, with a key of the person who is signed in on the page. */
export async function scriptOf(page, server) {
  const created = await page.request.post(`${server.origin}/api/auth/keys`, {
    data: { name: 'script', scopes: SCOPES, expires_in_days: 1 },
    headers: { 'X-PyAirtable': '1', origin: server.origin },
  });
  assert.ok(created.ok(), await created.text());
  const { key } = await created.json();
  return async (method, path, body) => {
    const response = await fetch(server.origin + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'user-agent': 'pyairtable/3.1.1',
      },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
}
