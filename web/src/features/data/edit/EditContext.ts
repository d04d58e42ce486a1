import { createContext, useContext } from 'react';
import type { Table } from '@/api/types';
import type { OpenBase } from '../opened';
import type { Edits } from './useEdits';

interface Editing {
  base: OpenBase;
  table: Table;
  mayWrite: boolean;
  maySchema: boolean;
  edits: Edits;
}

export const EditContext = createContext<Editing | undefined>(undefined);

/** The table that is worked on, and what may be done to it. */
export function useEditing(): Editing {
  const editing = useContext(EditContext);
  if (!editing) throw new Error('Cells are edited inside a table');
  return editing;
}
