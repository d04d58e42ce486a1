import { useQueries } from '@tanstack/react-query';
import { base } from '@/api/queries';
import type { Field } from '@/api/types';

/** The fields of these bases by id, as far as the bases are still there. */
export function useFields(baseIds: string[]) {
  const found = useQueries({
    queries: baseIds.map((id) => ({ ...base(id), retry: false })),
  });
  const fields = new Map<string, Field>();
  for (const { data } of found) {
    for (const table of data?.tables ?? []) {
      for (const field of table.fields) fields.set(field.id, field);
    }
  }
  return (id: string) => fields.get(id);
}
