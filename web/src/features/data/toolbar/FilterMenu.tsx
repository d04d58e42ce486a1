import { ActionIcon, Button, Popover, Select, Textarea, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconFilter, IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { Field } from '@/api/types';
import { en } from '@/locales/en';
import { shownAs } from '@/ui/cells/values';
import {
  type Condition,
  formulaOf,
  needsValue,
  type Operator,
  operatorsOf,
  type Where,
} from '../filter/conditions';
import { parseWhere, whereText } from '../filter/whereText';
import { ToolButton } from './ToolButton';
import type { ToolbarProps } from './Toolbar';
import classes from './Toolbar.module.css';

const t = en.grid;
const INSIDE = { withinPortal: false };
const APPLY_MS = 350;

/** Conditions and the formula they make, which can be written by hand as well. */
export function FilterMenu(props: ToolbarProps) {
  const { table, view, shown } = props;
  const count = parseWhere(shown.where).conditions.length;
  const label = shown.formula ? t.filteredByFormula : count ? t.filtered(count) : t.filter;
  return (
    <Popover position="bottom-start" width={560} trapFocus>
      <Popover.Target>
        <ToolButton icon={IconFilter} isOn={count > 0 || Boolean(shown.formula)} label={label} />
      </Popover.Target>
      <Popover.Dropdown className={classes.builder} aria-label={t.filter}>
        <Builder key={view?.id ?? table.id} {...props} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Builder({ table, shown, onFilter }: ToolbarProps) {
  const [where, setWhere] = useState(() => parseWhere(shown.where));
  const [formula, setFormula] = useState(shown.formula);
  const apply = useDebouncedCallback(onFilter, APPLY_MS);
  const change = (next: Where) => {
    setWhere(next);
    apply({ where: whereText(next), formula: undefined });
  };
  const set = (index: number, over: Partial<Condition>) => {
    const conditions = where.conditions.map((one, at) =>
      at === index ? { ...one, ...over } : one,
    );
    change({ ...where, conditions });
  };
  const add = () => {
    const [field] = table.fields;
    if (!field) return;
    const fresh = { fieldId: field.id, operator: operatorsOf(field)[0] ?? 'is', value: '' };
    change({ ...where, conditions: [...where.conditions, fresh] });
  };
  const clear = () => {
    setFormula(undefined);
    setWhere({ join: 'and', conditions: [] });
    onFilter({ where: undefined, formula: undefined });
  };
  if (formula !== undefined) {
    return (
      <>
        <Textarea
          autosize
          minRows={2}
          maxRows={8}
          label={t.formula}
          description={t.formulaHint}
          value={formula}
          classNames={{ input: classes.code }}
          onChange={(event) => {
            setFormula(event.currentTarget.value);
            apply({ where: undefined, formula: event.currentTarget.value || undefined });
          }}
        />
        <Foot onClear={clear} />
      </>
    );
  }
  const made = formulaOf(where, table.fields);
  return (
    <>
      {where.conditions.length === 0 && <p className={classes.about}>{t.filterNone}</p>}
      {where.conditions.map((condition, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: conditions are told apart by their place alone
        <div key={index} className={classes.line}>
          <Join where={where} index={index} onChange={(join) => change({ ...where, join })} />
          <ConditionLine
            fields={table.fields}
            condition={condition}
            number={index + 1}
            onChange={(over) => set(index, over)}
          />
          <ActionIcon
            aria-label={t.removeCondition(index + 1)}
            onClick={() => {
              const conditions = where.conditions.filter((_, at) => at !== index);
              change({ ...where, conditions });
            }}
          >
            <IconX size={16} />
          </ActionIcon>
        </div>
      ))}
      {made && <code className={classes.formula}>{made}</code>}
      <Foot onAdd={add} onWrite={() => setFormula(made)} onClear={made ? clear : undefined} />
    </>
  );
}

interface FootProps {
  onAdd?: () => void;
  onWrite?: () => void;
  onClear?: () => void;
}

function Foot({ onAdd, onWrite, onClear }: FootProps) {
  return (
    <div className={classes.foot}>
      {onAdd && (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={15} />}
          onClick={onAdd}
        >
          {t.addCondition}
        </Button>
      )}
      {onWrite && (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={onWrite}>
          {t.writeFormula}
        </Button>
      )}
      {onClear && (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={onClear}>
          {t.clearFilter}
        </Button>
      )}
    </div>
  );
}

interface JoinProps {
  where: Where;
  index: number;
  onChange: (join: Where['join']) => void;
}

function Join({ where, index, onChange }: JoinProps) {
  if (index !== 1)
    return <span className={classes.join}>{index === 0 ? t.where : t[where.join]}</span>;
  return (
    <Select
      w={76}
      aria-label={t.join}
      data={[
        { value: 'and', label: t.and },
        { value: 'or', label: t.or },
      ]}
      value={where.join}
      comboboxProps={INSIDE}
      onChange={(join) => onChange(join === 'or' ? 'or' : 'and')}
    />
  );
}

interface LineProps {
  fields: Field[];
  condition: Condition;
  number: number;
  onChange: (over: Partial<Condition>) => void;
}

function ConditionLine({ fields, condition, number, onChange }: LineProps) {
  const field = fields.find(({ id }) => id === condition.fieldId);
  const operators = field ? operatorsOf(field) : [];
  const pickField = (fieldId: string | null) => {
    const next = fields.find(({ id }) => id === fieldId);
    if (!next) return;
    const known = operatorsOf(next);
    const operator = known.includes(condition.operator) ? condition.operator : known[0];
    onChange({ fieldId: next.id, operator, value: '' });
  };
  return (
    <>
      <Select
        className={classes.grow}
        aria-label={t.conditionField(number)}
        searchable
        openOnFocus={false}
        data={fields.map(({ id, name }) => ({ value: id, label: name }))}
        value={condition.fieldId}
        comboboxProps={INSIDE}
        onChange={pickField}
      />
      <Select
        w={132}
        aria-label={t.conditionOperator(number)}
        data={operators.map((value) => ({ value, label: t.operators[value] }))}
        value={condition.operator}
        comboboxProps={INSIDE}
        onChange={(operator) => operator && onChange({ operator: operator as Operator })}
      />
      {field && needsValue(condition) ? (
        <ValueInput field={field} condition={condition} number={number} onChange={onChange} />
      ) : (
        <span className={classes.grow} />
      )}
    </>
  );
}

function ValueInput({
  field,
  condition,
  number,
  onChange,
}: Omit<LineProps, 'fields'> & { field: Field }) {
  const shown = shownAs(field);
  const label = t.conditionValue(number);
  if (shown.options?.choices && condition.operator !== 'contains') {
    return (
      <Select
        className={classes.grow}
        aria-label={label}
        searchable
        openOnFocus={false}
        data={shown.options.choices.map(({ name }) => name)}
        value={condition.value || null}
        comboboxProps={INSIDE}
        onChange={(value) => onChange({ value: value ?? '' })}
      />
    );
  }
  const isDate = shown.type === 'date' || shown.type === 'dateTime';
  return (
    <TextInput
      className={classes.grow}
      aria-label={label}
      type={isDate ? 'date' : 'text'}
      value={condition.value}
      onChange={(event) => onChange({ value: event.currentTarget.value })}
    />
  );
}
