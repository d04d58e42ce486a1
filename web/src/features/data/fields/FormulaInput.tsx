import { Textarea, type TextareaProps } from '@mantine/core';
import { en } from '@/locales/en';

const t = en.fields;

export function FormulaInput(props: TextareaProps) {
  return (
    <Textarea
      label={t.formula}
      description={t.formulaHint}
      autosize
      minRows={2}
      maxRows={8}
      spellCheck={false}
      {...props}
    />
  );
}
