import { useCallback, useState } from 'react';

export type CellErrors = Record<string, Record<string, string>>;

/** What is wrong with cells, by record and field. */
export function useCellErrors() {
  const [errors, setErrors] = useState<CellErrors>({});
  /** Says what is wrong with cells of a record, or that nothing is any more. */
  const mark = useCallback(
    (id: string, fieldIds: string[], message?: string) =>
      setErrors((old) => {
        const isKnown = fieldIds.some((fieldId) => old[id]?.[fieldId]);
        if (!isKnown && message === undefined) return old;
        const cells = { ...old[id] };
        for (const fieldId of fieldIds) {
          if (message === undefined) delete cells[fieldId];
          else cells[fieldId] = message;
        }
        return { ...old, [id]: cells };
      }),
    [],
  );
  return { errors, mark };
}
