import type { Cells } from '@/api/records';
import type { RecordRow } from '@/api/types';
import { merged } from './pages';

/** Cells that are shown and whose answer is still to come, by record. */
export function createPending() {
  const cells = new Map<string, Cells[]>();
  return {
    /** Notes cells, and tells how to say that their answer is there. */
    add(id: string, shown: Cells) {
      cells.set(id, [...(cells.get(id) ?? []), shown]);
      return () => {
        const left = (cells.get(id) ?? []).filter((one) => one !== shown);
        if (left.length > 0) cells.set(id, left);
        else cells.delete(id);
      };
    },
    /** A record as the server has it, under what is newer than its answer. */
    over(record: RecordRow): RecordRow {
      const newer = cells.get(record.id);
      return newer ? { ...record, fields: newer.reduce(merged, record.fields) } : record;
    },
  };
}
