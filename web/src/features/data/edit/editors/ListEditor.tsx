import { Popover } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { type FocusEvent, type KeyboardEvent, useId, useRef, useState } from 'react';
import { en } from '@/locales/en';
import { holdsMany } from '../kinds';
import classes from './Editor.module.css';
import type { EditorProps, Move } from './types';
import { moveOf } from './useDraft';
import { held, type Option, useOptions } from './useOptions';

const t = en.grid;

/** Choices, people or records to pick from: Enter picks, Tab takes over, Esc leaves all as it was. */
export function ListEditor({ field, value, names, seed = '', onCommit, onCancel }: EditorProps) {
  const isMany = holdsMany(field);
  const [search, setSearch] = useState(seed);
  const [picked, setPicked] = useState(() => held(field, value, names));
  const [active, setActive] = useState<number>();
  const { options, isBusy } = useOptions(field, search);
  const isDone = useRef(false);
  const id = useId();
  const current = options.findIndex(({ key }) => !isMany && key === picked[0]?.key);
  const index = Math.min(active ?? Math.max(0, current), options.length - 1);
  const finish = (chosen: Option[], move: Move) => {
    if (isDone.current) return;
    isDone.current = true;
    onCommit(chosenValue(field.type, chosen), move, chosenNames(field.type, chosen));
  };
  const pick = (option: Option) => {
    const isOn = picked.some(({ key }) => key === option.key);
    if (!isMany) return finish([option], 'down');
    setPicked(isOn ? picked.filter(({ key }) => key !== option.key) : [...picked, option]);
    setSearch('');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = options[index];
    const move = moveOf(event);
    if (event.key === 'ArrowDown') setActive(Math.min(index + 1, options.length - 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(index - 1, 0));
    else if (event.key === 'Escape') {
      isDone.current = true;
      onCancel();
    } else if (event.key === 'Enter' && !event.ctrlKey && chosen) pick(chosen);
    else if (event.key === 'Backspace' && !search) setPicked(picked.slice(0, -1));
    else if (move) finish(picked, event.ctrlKey ? 'stay' : move);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onBlur = (event: FocusEvent) => {
    if (document.activeElement !== event.target) finish(picked, 'stay');
  };
  return (
    <Popover opened position="bottom-start" offset={2} width={280} trapFocus={false} zIndex={400}>
      <Popover.Target>
        <input
          className={classes.input}
          data-mantine-stop-propagation="true"
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-haspopup="listbox"
          aria-autocomplete="list"
          aria-activedescendant={options[index] ? `${id}-${index}` : undefined}
          aria-label={t.edit(field.name)}
          placeholder={t.find}
          // biome-ignore lint/a11y/noAutofocus: the person has just asked to edit this cell
          autoFocus
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          onBlur={onBlur}
        />
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown} onMouseDown={(e) => e.preventDefault()}>
        {picked.length > 0 && (
          <div className={classes.picked}>
            {picked.map((option) => (
              <button
                key={option.key}
                type="button"
                tabIndex={-1}
                className={classes.pick}
                aria-label={t.takeAway(option.label)}
                onClick={() => {
                  const rest = picked.filter(({ key }) => key !== option.key);
                  if (isMany) setPicked(rest);
                  else finish(rest, 'stay');
                }}
              >
                {option.node} ×
              </button>
            ))}
          </div>
        )}
        <div
          id={id}
          role="listbox"
          className={classes.list}
          aria-multiselectable={isMany}
          aria-label={field.name}
        >
          {options.map((option, at) => {
            const isOn = picked.some(({ key }) => key === option.key);
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys belong to the search box
              <div
                key={option.key}
                id={`${id}-${at}`}
                role="option"
                tabIndex={-1}
                aria-selected={isOn}
                data-active={at === index || undefined}
                className={classes.option}
                ref={at === index ? scrollTo : undefined}
                onClick={() => pick(option)}
              >
                {option.node}
                {isOn && <IconCheck size={15} className={classes.check} />}
              </div>
            );
          })}
        </div>
        {options.length === 0 && (
          <p className={classes.none}>{isBusy ? en.common.loading : t.nothingFound}</p>
        )}
        {isMany && <p className={classes.hint}>{t.manyHint}</p>}
      </Popover.Dropdown>
    </Popover>
  );
}

function scrollTo(element: HTMLElement | null) {
  element?.scrollIntoView({ block: 'nearest' });
}

function chosenValue(type: string, chosen: Option[]) {
  const values = chosen.map(({ value }) => value);
  const isOne = type === 'singleSelect' || type === 'singleCollaborator';
  if (values.length === 0) return null;
  return isOne ? values[0] : values;
}

function chosenNames(type: string, chosen: Option[]) {
  if (type !== 'multipleRecordLinks') return undefined;
  return Object.fromEntries(chosen.map(({ key, label }) => [key, label]));
}
