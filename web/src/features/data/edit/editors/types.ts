import type { Field, Names } from '@/api/types';

/** Where the selection goes when an editor is done. */
export type Move = 'down' | 'up' | 'left' | 'right' | 'stay';

export interface EditorProps {
  recordId: string;
  field: Field;
  value: unknown;
  names: Names;
  /** What was typed to begin with; it replaces what is there. */
  seed?: string;
  onCommit: (value: unknown, move: Move, names?: Names) => void;
  /** Nothing is changed; `problem` says why not, unless it was meant so. */
  onCancel: (problem?: string) => void;
}
