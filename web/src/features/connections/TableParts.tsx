import { ActionIcon, Checkbox } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { Hidden, ReachedTable } from '@/api/connections';
import { en } from '@/locales/en';
import classes from './HideForm.module.css';
import { tickOf } from './hiddenParts';

const t = en.copies;

interface Props {
  table: ReachedTable;
  hidden: Hidden;
  isOpen: boolean;
  onOpen: () => void;
  onToggle: (kind: keyof Hidden, id: string) => void;
}

/** A table with its fields, each to be ticked where it is to be hidden. */
export function TableParts({ table, hidden, isOpen, onOpen, onToggle }: Props) {
  const tick = tickOf(table, hidden);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <li>
      <div className={classes.table}>
        <Checkbox
          className={classes.name}
          label={table.name}
          checked={tick === 'all'}
          indeterminate={tick === 'some'}
          onChange={() => onToggle('tables', table.id)}
        />
        <ActionIcon aria-label={t.fieldsOf(table.name)} aria-expanded={isOpen} onClick={onOpen}>
          <Chevron size={18} />
        </ActionIcon>
      </div>
      {isOpen && (
        <ul className={classes.fields} aria-label={t.fieldsOf(table.name)}>
          {table.fields.map(({ id, name }) => {
            const isPrimary = id === table.primaryFieldId;
            return (
              <li key={id}>
                <Checkbox
                  label={name}
                  description={isPrimary && tick !== 'all' && t.primary}
                  disabled={isPrimary || tick === 'all'}
                  checked={tick === 'all' || hidden.fields.includes(id)}
                  onChange={() => onToggle('fields', id)}
                />
              </li>
            );
          })}
        </ul>
      )}
    </li>
  );
}
