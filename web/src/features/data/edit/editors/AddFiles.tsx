import { Button, TextInput } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { en } from '@/locales/en';
import classes from './Files.module.css';

const t = en.grid;

interface Props {
  /** Absent where files are not sent from here. */
  onFiles?: (files: FileList | null) => void;
  /** Answers whether the text is an address. */
  onUrl: (text: string) => boolean;
}

/** Where more files come from: this machine, or an address. */
export function AddFiles({ onFiles, onUrl }: Props) {
  const [url, setUrl] = useState('');
  const [problem, setProblem] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // The dialogue behind must not take it for its own.
    event.stopPropagation();
    if (onUrl(url)) setUrl('');
    else setProblem(t.badUrl);
  };
  return (
    <div className={classes.add}>
      {onFiles && <Choose onFiles={onFiles} />}
      <form noValidate className={classes.url} onSubmit={submit}>
        <TextInput
          type="url"
          className={classes.about}
          aria-label={t.fileUrl}
          data-autofocus={onFiles === undefined || undefined}
          placeholder="https://"
          error={problem}
          value={url}
          onChange={(event) => {
            setUrl(event.currentTarget.value);
            setProblem(undefined);
          }}
        />
        <Button type="submit" variant="default" disabled={!url.trim()}>
          {t.addUrl}
        </Button>
      </form>
    </div>
  );
}

function Choose({ onFiles }: { onFiles: (files: FileList | null) => void }) {
  return (
    <label className={classes.drop}>
      <IconUpload size={16} stroke={1.7} />
      {t.addFiles}
      <input
        type="file"
        multiple
        className="srOnly"
        data-autofocus
        onChange={(event) => {
          onFiles(event.currentTarget.files);
          // The same file may be chosen once more.
          event.currentTarget.value = '';
        }}
      />
    </label>
  );
}
