import { ActionIcon, Progress } from '@mantine/core';
import { IconRefresh, IconX } from '@tabler/icons-react';
import { en } from '@/locales/en';
import { useEditing } from '../EditContext';
import type { Upload } from '../useUploads';
import classes from './Files.module.css';

const t = en.grid;

/** Files on their way, and why some did not get there. */
export function UploadList({ uploads }: { uploads: Upload[] }) {
  const { edits } = useEditing();
  if (uploads.length === 0) return null;
  return (
    <ul className={classes.list}>
      {uploads.map((upload) => {
        const { key, file, share, problem } = upload;
        return (
          <li key={key} className={classes.file}>
            <span className={classes.about}>
              <span className={classes.name}>{file.name}</span>
              {problem === undefined ? (
                <Progress value={100 * share} size="sm" aria-label={t.uploading(file.name)} />
              ) : (
                <span className={classes.problem} role="alert">
                  {problem}
                </span>
              )}
            </span>
            {problem !== undefined && (
              <ActionIcon
                aria-label={t.uploadAgain(file.name)}
                onClick={() => edits.uploads.again(upload)}
              >
                <IconRefresh size={16} />
              </ActionIcon>
            )}
            <ActionIcon
              aria-label={(problem === undefined ? t.uploadStop : t.uploadForget)(file.name)}
              onClick={() => edits.uploads.forget(key)}
            >
              <IconX size={16} />
            </ActionIcon>
          </li>
        );
      })}
    </ul>
  );
}
