import { afterEach, expect, it, vi } from 'vitest';
import { get, post, setPasswordPrompt, setSignedOutHandler } from './client';

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
const expired = () => json(401, { title: 'Sign in', code: 'unauthenticated' });

function stubFetch(answer: (path: string, init: RequestInit) => Response) {
  const calls: string[] = [];
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    calls.push(path);
    return answer(path, init);
  });
  return calls;
}

afterEach(() => vi.unstubAllGlobals());

it('refreshes once for parallel requests and repeats them', async () => {
  let isFresh = false;
  const calls = stubFetch((path) => {
    if (path === '/api/auth/refresh') {
      isFresh = true;
      return json(200, {});
    }
    return isFresh ? json(200, { path }) : expired();
  });
  const answers = await Promise.all([get('/api/a'), get('/api/b'), get('/api/c')]);
  expect(answers).toEqual([{ path: '/api/a' }, { path: '/api/b' }, { path: '/api/c' }]);
  expect(calls.filter((path) => path === '/api/auth/refresh')).toHaveLength(1);
});

it('reports the end of the session when the refresh is refused', async () => {
  const onSignedOut = vi.fn();
  setSignedOutHandler(onSignedOut);
  stubFetch(expired);
  await expect(get('/api/a')).rejects.toMatchObject({ status: 401 });
  expect(onSignedOut).toHaveBeenCalledOnce();
});

it('does not refresh after a wrong password', async () => {
  const calls = stubFetch(() => json(401, { title: 'Wrong', code: 'invalid_credentials' }));
  await expect(post('/api/auth/login')).rejects.toMatchObject({ code: 'invalid_credentials' });
  expect(calls).toEqual(['/api/auth/login']);
});

const stale = () => json(403, { title: 'Confirm', code: 'reauthentication_required' });

it('asks for the password once and repeats what needed it', async () => {
  let isProved = false;
  const ask = vi.fn(async () => {
    isProved = true;
    return true;
  });
  setPasswordPrompt(ask);
  stubFetch((path) => (isProved ? json(200, { path }) : stale()));
  const answers = await Promise.all([post('/api/a'), post('/api/b')]);
  expect(answers).toEqual([{ path: '/api/a' }, { path: '/api/b' }]);
  expect(ask).toHaveBeenCalledOnce();
});

it('asks for the password after it has refreshed the session', async () => {
  const answers = [expired(), json(200, {}), stale(), json(200, { done: true })];
  setPasswordPrompt(async () => true);
  stubFetch(() => answers.shift() as Response);
  await expect(post('/api/a')).resolves.toEqual({ done: true });
});

it('reports the refusal when the password is not given', async () => {
  setPasswordPrompt(async () => false);
  const calls = stubFetch(stale);
  await expect(post('/api/a')).rejects.toMatchObject({ code: 'reauthentication_required' });
  expect(calls).toEqual(['/api/a']);
});

it('marks writes with the header that foreign forms cannot set', async () => {
  let headers: Record<string, string> = {};
  stubFetch((_, init) => {
    headers = init.headers as Record<string, string>;
    return new Response(null, { status: 204 });
  });
  await post('/api/auth/logout');
  expect(headers['X-PyAirtable']).toBe('1');
  expect(headers['content-type']).toBe('application/json');
});

it('turns an answer that is no problem document into an error', async () => {
  stubFetch(() => new Response('<html>', { status: 502 }));
  await expect(get('/api/a')).rejects.toMatchObject({ status: 502 });
});
