import { ApiError } from '@/api/client';

/** Field messages of a problem document, in the shape that a Mantine form takes. */
export function formErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries((error.problem.errors ?? []).map((e) => [e.field, e.message]));
}
