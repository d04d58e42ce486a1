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

export function isMissing(error: unknown) {
  return error instanceof ApiError && error.status === 404;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Headers = Record<string, string>;

const REFRESH_PATH = '/api/auth/refresh';
let onSignedOut: () => void = () => {};
let askForPassword: () => Promise<boolean> = async () => false;

export function setSignedOutHandler(handler: () => void) {
  onSignedOut = handler;
}

/** The handler proves the password to the server and tells whether that was done. */
export function setPasswordPrompt(handler: () => Promise<boolean>) {
  askForPassword = handler;
}

export const get = <T>(path: string, signal?: AbortSignal) => request<T>('GET', path, { signal });
export const post = <T>(path: string, body: unknown = {}, headers?: Headers) =>
  request<T>('POST', path, { body, headers });
export const put = <T>(path: string, body: unknown) => request<T>('PUT', path, { body });
export const patch = <T>(path: string, body: unknown, headers?: Headers) =>
  request<T>('PATCH', path, { body, headers });
export const remove = (path: string) => request<void>('DELETE', path);

/** Sends files, and tells which part of them is sent. */
export const upload = <T>(path: string, form: FormData, options: Omit<Sent, 'body' | 'form'>) =>
  request<T>('POST', path, { form, ...options });

interface Sent {
  body?: unknown;
  form?: FormData;
  headers?: Headers;
  signal?: AbortSignal;
  /** From 0 to 1; of forms alone. */
  onProgress?: (share: number) => void;
}

async function request<T>(method: Method, path: string, sent: Sent = {}) {
  const attempt = async () => {
    const response = await send(method, path, sent);
    return { response, error: response.ok ? null : await toError(response) };
  };
  let outcome = await attempt();
  if (isExpiredSession(outcome.error, path)) {
    if (!(await refreshOnce())) {
      onSignedOut();
      throw outcome.error;
    }
    outcome = await attempt();
  }
  if (outcome.error?.code === 'reauthentication_required' && (await promptOnce())) {
    outcome = await attempt();
  }
  if (outcome.error) throw outcome.error;
  return read<T>(outcome.response);
}

function isExpiredSession(error: ApiError | null, path: string) {
  return error?.status === 401 && error.code === 'unauthenticated' && path !== REFRESH_PATH;
}

/** Refresh tokens rotate, so parallel 401s must share one call or all but the first would fail. */
const refreshOnce = shared(() => send('POST', REFRESH_PATH).then((response) => response.ok));
const promptOnce = shared(() => askForPassword());

/** One run for all that ask while it runs; a failure of its own means no. */
function shared(run: () => Promise<boolean>) {
  let running: Promise<boolean> | null = null;
  return () => {
    running ??= run()
      .catch(() => false)
      .finally(() => {
        running = null;
      });
    return running;
  };
}

async function send(method: Method, path: string, sent: Sent = {}) {
  const { body, form, signal, headers: more } = sent;
  const headers: Headers = { accept: 'application/json', ...more };
  if (method !== 'GET') headers['X-PyAirtable'] = '1';
  if (body !== undefined) headers['content-type'] = 'application/json';
  try {
    if (form) return await sendForm(path, form, headers, sent);
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

/** Not `fetch`, which does not tell how far it is. */
function sendForm(path: string, form: FormData, headers: Headers, sent: Sent) {
  const { signal, onProgress } = sent;
  return new Promise<Response>((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open('POST', path);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const { status, responseText } = request;
      resolve(new Response(status === 204 ? null : responseText, { status }));
    };
    request.onerror = () => reject(new TypeError('The upload failed'));
    request.onabort = () => reject(new DOMException('The upload was stopped', 'AbortError'));
    request.onloadend = () => signal?.removeEventListener('abort', stop);
    if (signal?.aborted) return request.onabort(new ProgressEvent('abort'));
    signal?.addEventListener('abort', stop);
    request.send(form);
  });
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
