import { ActionIcon, Button, Popover, Select } from '@mantine/core';
import { IconArrowsSort, IconPlus, IconX } from '@tabler/icons-react';
import { en } from '@/locales/en';
import type { Sort } from '../search';
import { ToolButton } from './ToolButton';
import type { ToolbarProps } from './Toolbar';
import classes from './Toolbar.module.css';

const t = en.grid;
const INSIDE = { withinPortal: false };

/** The keys that a table is sorted by, the first the strongest. */
export function SortMenu({ table, shown: { sorts }, onSort }: ToolbarProps) {
  const [first] = sorts;
  const name = table.fields.find((field) => field.id === first?.fieldId)?.name;
  const free = table.fields.filter(({ id }) => !sorts.some(({ fieldId }) => fieldId === id));
  const set = (index: number, change: Partial<Sort>) =>
    onSort(sorts.map((sort, at) => (at === index ? { ...sort, ...change } : sort)));
  return (
    <Popover position="bottom-start" width={420} trapFocus>
      <Popover.Target>
        <ToolButton
          icon={IconArrowsSort}
          isOn={sorts.length > 0}
          label={
            sorts.length > 1
              ? t.sortedByMany(sorts.length)
              : name
                ? en.data.sortedBy(name)
                : en.data.sort
          }
        />
      </Popover.Target>
      <Popover.Dropdown className={classes.builder} aria-label={en.data.sort}>
        {sorts.length === 0 && <p className={classes.about}>{t.sortNone}</p>}
        {sorts.map((sort, index) => (
          <div key={sort.fieldId} className={classes.line}>
            <Select
              className={classes.grow}
              aria-label={t.sortField(index + 1)}
              data={[...table.fields]
                .filter((field) => field.id === sort.fieldId || free.includes(field))
                .map(({ id, name }) => ({ value: id, label: name }))}
              value={sort.fieldId}
              comboboxProps={INSIDE}
              onChange={(fieldId) => fieldId && set(index, { fieldId })}
            />
            <Select
              w={130}
              aria-label={t.sortWay(index + 1)}
              data={[
                { value: 'asc', label: t.ascending },
                { value: 'desc', label: t.descending },
              ]}
              value={sort.isDescending ? 'desc' : 'asc'}
              comboboxProps={INSIDE}
              onChange={(way) => set(index, { isDescending: way === 'desc' })}
            />
            <ActionIcon
              aria-label={t.removeSort(index + 1)}
              onClick={() => onSort(sorts.filter((_, at) => at !== index))}
            >
              <IconX size={16} />
            </ActionIcon>
          </div>
        ))}
        <div className={classes.foot}>
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={15} />}
            disabled={free.length === 0}
            onClick={() =>
              free[0] && onSort([...sorts, { fieldId: free[0].id, isDescending: false }])
            }
          >
            {t.addSort}
          </Button>
          {sorts.length > 0 && (
            <Button variant="subtle" color="gray" size="compact-sm" onClick={() => onSort([])}>
              {en.data.sortClear}
            </Button>
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
