import { useMemo, useState } from 'react';
import { MOST_BYTES, uploadAttachment } from '@/api/attachments';
import { freshKey, type TableKey, type WrittenRecords } from '@/api/records';
import { en } from '@/locales/en';
import { reasonOf } from './reasonOf';

const t = en.grid;

/** A file on its way into a cell, or one that did not get there. */
export interface Upload {
  key: string;
  recordId: string;
  fieldId: string;
  file: File;
  /** The part that is sent, from 0 to 1. */
  share: number;
  problem?: string;
}

interface Sink {
  adopt: (written: WrittenRecords, message: string) => void;
  mark: (recordId: string, fieldIds: string[], message?: string) => void;
}

/** Files that are sent into cells, one after the other; they go on while their cell is out of sight. */
export function useUploads(table: TableKey, { adopt, mark }: Sink) {
  const [list, setList] = useState<Upload[]>([]);
  const actions = useMemo(() => {
    const stops = new Map<string, AbortController>();
    let last: Promise<unknown> = Promise.resolve();
    const change = (key: string, next: Partial<Upload>) =>
      setList((old) => old.map((one) => (one.key === key ? { ...one, ...next } : one)));
    const forget = (key: string) => {
      stops.get(key)?.abort();
      setList((old) => old.filter((one) => one.key !== key));
    };
    const run = async (upload: Upload, { signal }: AbortController) => {
      const { key, recordId, fieldId, file } = upload;
      if (signal.aborted) return;
      try {
        const onProgress = (share: number) => change(key, { share });
        const options = { key, signal, onProgress };
        adopt(
          await uploadAttachment(table, recordId, fieldId, file, options),
          t.fileAdded(file.name),
        );
        forget(key);
      } catch (error) {
        if (signal.aborted) return;
        const problem = reasonOf(error);
        change(key, { problem, share: 0 });
        mark(recordId, [fieldId], `${file.name}: ${problem}`);
      }
    };
    const begin = (upload: Upload) => {
      const stop = new AbortController();
      stops.set(upload.key, stop);
      mark(upload.recordId, [upload.fieldId]);
      last = last.then(() => run(upload, stop));
    };
    return {
      add: (recordId: string, fieldId: string, files: File[]) => {
        for (const file of files) {
          const isTooLarge = file.size > MOST_BYTES;
          const problem = isTooLarge ? t.fileTooLarge(MOST_BYTES / 1024 / 1024) : undefined;
          const upload = { key: freshKey(), recordId, fieldId, file, share: 0, problem };
          setList((old) => [...old, upload]);
          if (!isTooLarge) begin(upload);
        }
      },
      /** Under the same key, so that what got there although the answer did not is not added twice. */
      again: (upload: Upload) => {
        change(upload.key, { problem: undefined });
        begin(upload);
      },
      forget,
    };
  }, [table, adopt, mark]);
  return useMemo(() => ({ ...actions, list }), [actions, list]);
}
