import { Popover } from '@mantine/core';
import type { ClipboardEvent, DragEvent, KeyboardEvent } from 'react';
import { useState } from 'react';
import { en } from '@/locales/en';
import { useEditing } from '../EditContext';
import { toWire } from '../wire';
import { AddFiles } from './AddFiles';
import { FileList } from './FileList';
import classes from './Files.module.css';
import { filesOf, withUrl } from './files';
import type { EditorProps } from './types';
import { UploadList } from './UploadList';

const t = en.grid;

/** The files of a cell. Each change is made at once; Esc closes the list. */
export function FilesEditor({ recordId, field, value, onCancel }: EditorProps) {
  const { base, edits } = useEditing();
  const [isOver, setOver] = useState(false);
  const files = filesOf(value);
  const uploads = edits.uploads.list.filter(
    (upload) => upload.recordId === recordId && upload.fieldId === field.id,
  );
  const save = (next: unknown) => {
    const change = {
      id: recordId,
      before: { [field.id]: value },
      shown: { [field.id]: next },
      sent: { [field.id]: toWire(field, next) },
    };
    void edits.update({ changes: [change] });
  };
  // Airtable fetches files itself, from addresses.
  const mayUpload = !base.isCopy;
  const add = (chosen: FileList | null | undefined) => {
    if (mayUpload && chosen?.length) edits.uploads.add(recordId, field.id, [...chosen]);
  };
  const addUrl = (text: string) => {
    const next = withUrl(files, text);
    if (next) save(next);
    return next !== undefined;
  };
  const onPaste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    add(event.clipboardData.files);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    add(event.dataTransfer.files);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    onCancel();
  };
  return (
    <Popover
      opened
      trapFocus
      position="bottom-start"
      offset={2}
      width={340}
      zIndex={400}
      onDismiss={() => onCancel()}
    >
      <Popover.Target>
        <button
          type="button"
          className={classes.anchor}
          tabIndex={-1}
          aria-label={files.length === 0 ? t.filesOf(field.name) : undefined}
          onClick={() => onCancel()}
        >
          {files.map(({ filename }) => filename).join(', ')}
        </button>
      </Popover.Target>
      <Popover.Dropdown
        className={classes.dropdown}
        data-over={isOver || undefined}
        data-mantine-stop-propagation="true"
        aria-label={t.filesOf(field.name)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(mayUpload);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        {files.length === 0 && uploads.length === 0 && <p className={classes.none}>{t.noFiles}</p>}
        <FileList files={files} onChange={save} />
        <UploadList uploads={uploads} />
        <AddFiles onFiles={mayUpload ? add : undefined} onUrl={addUrl} />
      </Popover.Dropdown>
    </Popover>
  );
}
