import { memo } from 'react';
import type { FieldConfig, Names } from '@/api/types';
import { Avatar, Chip } from '@/ui/Chip';
import classes from './CellView.module.css';
import { formatCell, personName } from './formatCell';
import { Attachments, Barcode, ButtonLink, Checkbox, Percent, Rating, TextLink } from './parts';
import { asList, isRecord, keyed, type Person, shownAs, specialText, text } from './values';

interface Props {
  field: FieldConfig;
  value: unknown;
  names: Names;
}

export const CellView = memo(function CellView({ field, value, names }: Props) {
  if (value === undefined || value === null) return null;
  const special = specialText(value);
  if (special !== undefined) return <span className={classes.special}>{special}</span>;
  return <Shown field={field} config={shownAs(field)} value={value} names={names} />;
});

function Shown({ field, config, value, names }: Props & { config: FieldConfig }) {
  switch (config.type) {
    case 'singleSelect':
    case 'multipleSelects':
    case 'externalSyncSource':
      return <Selects config={config} value={value} />;
    case 'multipleRecordLinks':
      return keyed(asList<unknown>(value).map(text), (id) => id).map(({ key, item: id }) => (
        <span key={key} className={classes.link}>
          {names[id] ?? id}
        </span>
      ));
    case 'singleCollaborator':
    case 'multipleCollaborators':
    case 'createdBy':
    case 'lastModifiedBy':
      return <People value={value} />;
    case 'multipleAttachments':
      return <Attachments value={value} />;
    case 'checkbox':
      return <Checkbox isOn={asList(value)[0] === true} options={config.options} />;
    case 'rating':
      return <Rating value={Number(value)} options={config.options} />;
    case 'barcode':
      return <Barcode text={formatCell(field, value, names)} />;
    case 'button':
      return isRecord(value) && <ButtonLink label={text(value.label)} url={text(value.url)} />;
    default:
      return <Plain field={field} config={config} value={value} names={names} />;
  }
}

const LINKED = ['url', 'email', 'phoneNumber'];

function Plain({ field, config, value, names }: Props & { config: FieldConfig }) {
  const shown = formatCell(field, value, names);
  if (config.type === 'percent' && typeof value === 'number') {
    return <Percent value={value} text={shown} />;
  }
  if (LINKED.includes(config.type) && !Array.isArray(value)) {
    return <TextLink type={config.type} text={shown} />;
  }
  return <span className={classes.text}>{shown}</span>;
}

function Selects({ config, value }: { config: FieldConfig; value: unknown }) {
  return keyed(asList<unknown>(value).map(nameOf), (name) => name).map(({ key, item: name }) => (
    <Chip key={key} color={config.options?.choices?.find((c) => c.name === name)?.color}>
      {name}
    </Chip>
  ));
}

function nameOf(value: unknown) {
  return specialText(value) ?? text(value);
}

function People({ value }: { value: unknown }) {
  return keyed(asList<Person>(value), (person) => person.id).map(({ key, item: person }) => (
    <span key={key} className={classes.person}>
      <Avatar id={person.id} name={personName(person)} />
      {personName(person)}
    </span>
  ));
}
