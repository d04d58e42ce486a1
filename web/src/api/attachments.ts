import { upload } from './client';
import type { TableKey, WrittenRecords } from './records';

/** What the server takes of one file, as it is set when nobody says otherwise. */
export const MOST_BYTES = 50 * 1024 * 1024;

export interface UploadOptions {
  /** Makes a repeated upload find the first. */
  key: string;
  signal: AbortSignal;
  /** The part that is sent, from 0 to 1. */
  onProgress: (share: number) => void;
}

/** Adds a file to a cell; answers the whole record. */
export function uploadAttachment(
  { baseId, tableId }: TableKey,
  recordId: string,
  fieldId: string,
  file: File,
  { key, signal, onProgress }: UploadOptions,
) {
  const form = new FormData();
  form.append('file', file, file.name);
  const path = `/api/airtable/bases/${baseId}/tables/${tableId}/records/${recordId}/attachments/${fieldId}`;
  const headers = { 'Idempotency-Key': key };
  return upload<WrittenRecords>(path, form, { headers, signal, onProgress });
}
