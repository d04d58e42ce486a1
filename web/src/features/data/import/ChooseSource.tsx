import { Button, Textarea } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { type DragEvent, useState } from 'react';
import { en } from '@/locales/en';
import classes from './Import.module.css';
import type { Source } from './useSheet';

const t = en.import;

interface Props {
  problem?: string;
  onChoose: (source: Source) => void;
}

/** A file that is chosen or dropped, or rows that are pasted. */
export function ChooseSource({ problem, onChoose }: Props) {
  const [isOver, setOver] = useState(false);
  const [text, setText] = useState('');
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file) onChoose({ name: file.name.replace(/\.[^.]*$/, ''), file });
  };
  const over = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <>
      {problem && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      <label
        className={classes.drop}
        data-over={isOver || undefined}
        onDragOver={over}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <IconFileSpreadsheet size={28} stroke={1.5} />
        <span className={classes.dropTitle}>{t.file}</span>
        <span className={classes.hint}>{t.fileHint}</span>
        <input
          type="file"
          className="srOnly"
          accept=".csv,.tsv,.tab,.txt,text/csv,text/tab-separated-values,text/plain"
          data-autofocus
          onChange={(event) => take(event.currentTarget.files)}
        />
      </label>
      <Textarea
        label={t.paste}
        description={t.pasteHint}
        autosize
        minRows={3}
        maxRows={8}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={classes.foot}>
        <Button disabled={!text.trim()} onClick={() => onChoose({ name: t.pasted, text })}>
          {t.usePasted}
        </Button>
      </div>
    </>
  );
}
