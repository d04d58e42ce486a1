import { ApiError } from '@/api/client';
import { en } from '@/locales/en';

/** Why something was refused, in one sentence. */
export function reasonOf(error: unknown) {
  if (!(error instanceof ApiError)) return en.common.failed;
  const { title, detail, errors } = error.problem;
  return detail ?? errors?.[0]?.message ?? title;
}
