import { Button, Select } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { en } from '@/locales/en';
import classes from './FilterBar.module.css';

interface Props {
  label: string;
  isFiltered: boolean;
  onClear: () => void;
  children: ReactNode;
}

/** The line of filters above a list. */
export function FilterBar({ label, isFiltered, onClear, children }: Props) {
  return (
    <search className={classes.bar} aria-label={label}>
      {children}
      {isFiltered && (
        <Button
          variant="subtle"
          color="gray"
          c="var(--ink)"
          leftSection={<IconX size={15} />}
          onClick={onClear}
        >
          {en.common.clearFilters}
        </Button>
      )}
    </search>
  );
}

interface FilterProps {
  label: string;
  placeholder: string;
  value: string | undefined;
  data: { value: string; label: string }[];
  onChange: (value: string | undefined) => void;
}

/** A filter shows what it filters by even where the name of it is not known. */
export function Filter({ label, placeholder, value, data, onChange }: FilterProps) {
  const isKnown = !value || data.some((option) => option.value === value);
  return (
    <Select
      className={classes.filter}
      classNames={{ input: value ? classes.active : undefined }}
      aria-label={label}
      placeholder={placeholder}
      data={isKnown ? data : [...data, { value, label: value }]}
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      searchable={data.length > 8}
      clearable
      clearButtonProps={{ 'aria-label': `${en.common.clearFilters}: ${label}` }}
    />
  );
}
