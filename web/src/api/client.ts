import type { Problem } from './types';

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.name = 'ApiError';
    this.problem = problem;
  }

  get status() {
    return this.problem.status;
  }

  get code() {
    return this.problem.code;
  }
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

const REFRESH_PATH = '/api/auth/refresh';
let refreshing: Promise<boolean> | null = null;
let onSignedOut: () => void = () => {};

export function setSignedOutHandler(handler: () => void) {
  onSignedOut = handler;
}

export const get = <T>(path: string, signal?: AbortSignal) =>
  request<T>('GET', path, undefined, signal);
export const post = <T>(path: string, body: unknown = {}) => request<T>('POST', path, body);
export const patch = <T>(path: string, body: unknown) => request<T>('PATCH', path, body);
export const remove = (path: string) => request<void>('DELETE', path);

async function request<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal) {
  const first = await send(method, path, body, signal);
  if (first.ok) return read<T>(first);
  const error = await toError(first);
  if (!isExpiredSession(error, path)) throw error;
  if (!(await refreshOnce())) {
    onSignedOut();
    throw error;
  }
  const second = await send(method, path, body, signal);
  if (second.ok) return read<T>(second);
  throw await toError(second);
}

function isExpiredSession(error: ApiError, path: string) {
  return error.status === 401 && error.code === 'unauthenticated' && path !== REFRESH_PATH;
}

/** Refresh tokens rotate, so parallel 401s must share one call or all but the first would fail. */
function refreshOnce(): Promise<boolean> {
  refreshing ??= send('POST', REFRESH_PATH)
    .then((response) => response.ok)
    .catch(() => false)
    .finally(() => {
      refreshing = null;
    });
  return refreshing;
}

async function send(method: Method, path: string, body?: unknown, signal?: AbortSignal) {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (method !== 'GET') headers['X-PyAirtable'] = '1';
  if (body !== undefined) headers['content-type'] = 'application/json';
  try {
    return await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError({
      title: 'The server cannot be reached',
      status: 0,
      code: 'offline',
      next: 'Check that PyAirtable is running and that you are online, then try again.',
    });
  }
}

async function read<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

async function toError(response: Response) {
  const fallback = { title: `The server answered ${response.status}`, status: response.status };
  try {
    const problem = (await response.json()) as Partial<Problem>;
    return new ApiError({ ...fallback, ...problem, status: response.status });
  } catch {
    return new ApiError(fallback);
  }
}
