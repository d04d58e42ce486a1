import { ActionIcon, Button, Fieldset, Menu, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { en } from '@/locales/en';
import { atEnd } from '@/ui/atEnd';
import { Chip } from '@/ui/Chip';
import classes from './ChoicesInput.module.css';
import { type ChoiceDraft, freshChoice, HUES, movedChoice, TONES } from './choices';

const t = en.fields;

interface Props {
  value: ChoiceDraft[];
  error?: string;
  onChange: (next: ChoiceDraft[]) => void;
}

/** The choices of a select: their names, colours and order. */
export function ChoicesInput({ value, error, onChange }: Props) {
  const [latest, setLatest] = useState<string>();
  const list = useRef<HTMLOListElement>(null);
  const add = (at: number) => {
    const choice = freshChoice(value.length);
    setLatest(choice.key);
    onChange([...value.slice(0, at), choice, ...value.slice(at)]);
  };
  const change = (at: number, next: Partial<ChoiceDraft>) =>
    onChange(value.map((one, index) => (index === at ? { ...one, ...next } : one)));
  const move = (from: number, to: number) => onChange(movedChoice(value, from, to));
  const onKey = (event: KeyboardEvent<HTMLElement>, at: number) => {
    if (event.key === 'Enter') add(at + 1);
    else if (event.altKey && event.key === 'ArrowUp') move(at, at - 1);
    else if (event.altKey && event.key === 'ArrowDown') move(at, at + 1);
    else return;
    event.preventDefault();
  };
  return (
    <Fieldset legend={t.choices} variant="unstyled">
      <ol ref={list} className={classes.list} tabIndex={-1}>
        {value.map((choice, at) => (
          <li key={choice.key} className={classes.choice}>
            <ColorMenu
              name={choice.name}
              color={choice.color}
              onPick={(color) => change(at, { color })}
            />
            <TextInput
              className={classes.name}
              aria-label={t.choiceName(at + 1)}
              autoFocus={choice.key === latest}
              value={choice.name}
              onChange={(event) => change(at, { name: event.currentTarget.value })}
              onKeyDown={(event) => onKey(event, at)}
            />
            <ActionIcon
              aria-label={t.choiceUp(choice.name)}
              {...atEnd(at === 0)}
              onClick={() => move(at, at - 1)}
            >
              <IconArrowUp size={16} />
            </ActionIcon>
            <ActionIcon
              aria-label={t.choiceDown(choice.name)}
              {...atEnd(at === value.length - 1)}
              onClick={() => move(at, at + 1)}
            >
              <IconArrowDown size={16} />
            </ActionIcon>
            <ActionIcon
              aria-label={t.choiceDelete(choice.name)}
              onClick={() => {
                onChange(value.filter((_, index) => index !== at));
                // The button goes, and the focus would go with it.
                list.current?.focus();
              }}
            >
              <IconX size={16} />
            </ActionIcon>
          </li>
        ))}
      </ol>
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
      <Button
        variant="subtle"
        leftSection={<IconPlus size={16} stroke={1.8} />}
        onClick={() => add(value.length)}
      >
        {t.choiceAdd}
      </Button>
    </Fieldset>
  );
}

interface ColorMenuProps {
  name: string;
  color?: string;
  onPick: (color: string) => void;
}

function ColorMenu({ name, color, onPick }: ColorMenuProps) {
  return (
    <Menu position="bottom-start" width={252}>
      <Menu.Target>
        <button type="button" className={classes.color} aria-label={t.choiceColor(name)}>
          <Chip color={color}>Aa</Chip>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.colors}>
          {TONES.flatMap((tone) =>
            HUES.map((hue) => (
              <Menu.Item
                key={hue + tone}
                className={classes.swatch}
                aria-current={color === hue + tone || undefined}
                aria-label={t.color(t.hues[hue], t.tones[tone])}
                data-on={color === hue + tone || undefined}
                onClick={() => onPick(hue + tone)}
              >
                <Chip color={hue + tone}> </Chip>
              </Menu.Item>
            )),
          )}
        </div>
      </Menu.Dropdown>
    </Menu>
  );
}
