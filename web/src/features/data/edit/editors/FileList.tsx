import { ActionIcon } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconDownload, IconX } from '@tabler/icons-react';
import { useRef } from 'react';
import { en } from '@/locales/en';
import { atEnd } from '@/ui/atEnd';
import { Thumbnail } from '@/ui/cells/parts';
import { type Attachment, keyed } from '@/ui/cells/values';
import classes from './Files.module.css';
import { movedFile, sizeText, withoutFile } from './files';

const t = en.grid;

interface Props {
  files: Attachment[];
  onChange: (next: Attachment[] | null) => void;
}

/** Files to open, save, order and remove. */
export function FileList({ files, onChange }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const move = (from: number, to: number) => {
    const moved = movedFile(files, from, to);
    if (moved !== files) onChange(moved);
  };
  return (
    <ul ref={list} className={classes.list} tabIndex={-1}>
      {keyed(files, ({ id, url }) => id ?? url ?? '').map(({ key, item: file }, at) => {
        const name = file.filename ?? t.unnamedFile;
        return (
          <li key={key} className={classes.file}>
            <span className={classes.thumbnail}>
              <Thumbnail file={file} />
            </span>
            <span className={classes.about}>
              <Name file={file} name={name} />
              <span className={classes.size}>{standing(file)}</span>
            </span>
            {file.id !== undefined && file.url && (
              <ActionIcon
                component="a"
                href={file.url}
                download={name}
                aria-label={t.saveFile(name)}
              >
                <IconDownload size={16} />
              </ActionIcon>
            )}
            <ActionIcon
              aria-label={t.fileUp(name)}
              {...atEnd(at === 0)}
              onClick={() => move(at, at - 1)}
            >
              <IconArrowUp size={16} />
            </ActionIcon>
            <ActionIcon
              aria-label={t.fileDown(name)}
              {...atEnd(at === files.length - 1)}
              onClick={() => move(at, at + 1)}
            >
              <IconArrowDown size={16} />
            </ActionIcon>
            <ActionIcon
              aria-label={t.removeFile(name)}
              onClick={() => {
                onChange(withoutFile(files, at));
                // The button goes, and the focus would go with it.
                list.current?.focus();
              }}
            >
              <IconX size={16} />
            </ActionIcon>
          </li>
        );
      })}
    </ul>
  );
}

function standing({ id, size, error }: Attachment): string {
  if (error) return t.notFetched(error.message);
  return id === undefined ? t.pendingFile : sizeText(size);
}

function Name({ file, name }: { file: Attachment; name: string }) {
  if (file.id === undefined || !file.url) return <span className={classes.name}>{name}</span>;
  return (
    <a
      className={classes.name}
      href={file.url}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={t.openFile(name)}
    >
      {name}
    </a>
  );
}
