import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { members } from '@/api/queries';
import type { Field, Names } from '@/api/types';
import { en } from '@/locales/en';
import { Avatar, Chip } from '@/ui/Chip';
import { personName } from '@/ui/cells/formatCell';
import { asList, type Person, text } from '@/ui/cells/values';
import { useEditing } from '../EditContext';
import { linkOptions } from '../linkOptions';

export interface Option {
  key: string;
  label: string;
  value: unknown;
  node: ReactNode;
}

const LOOK_AFTER_MS = 150;

/** What a cell can be given, as far as it matches a search. */
export function useOptions(field: Field, search: string): { options: Option[]; isBusy: boolean } {
  const isLink = field.type === 'multipleRecordLinks';
  const isPeople = field.type.endsWith('Collaborator') || field.type.endsWith('Collaborators');
  const { base } = useEditing();
  const [settled] = useDebouncedValue(search, LOOK_AFTER_MS);
  const linked = base.tables.find((table) => table.id === field.options?.linkedTableId);
  const links = useQuery({
    ...linkOptions(base.id, linked, settled),
    enabled: isLink && linked !== undefined,
    placeholderData: keepPreviousData,
  });
  const people = useQuery({ ...members(base.workspace_id), enabled: isPeople });
  if (isLink) {
    return { options: (links.data ?? []).map(linkOption), isBusy: links.isPending };
  }
  const all = isPeople
    ? (people.data?.items ?? [])
        .filter((member) => member.status === 'active')
        // Airtable knows a member here by the address alone.
        .map(({ user_id, email, name }) =>
          personOption({ id: base.isCopy ? '' : user_id, email, name }),
        )
    : choiceOptions(field);
  const wanted = search.trim().toLowerCase();
  const options = all.filter(({ label }) => label.toLowerCase().includes(wanted));
  return { options, isBusy: isPeople && people.isPending };
}

/** What a cell holds, in the form of options. */
export function held(field: Field, value: unknown, names: Names): Option[] {
  if (field.type === 'multipleRecordLinks') {
    return asList<string>(value).map((id) => linkOption({ id, name: names[id] ?? id }));
  }
  if (field.type.includes('Collaborator')) return asList<Person>(value).map(personOption);
  const choices = choiceOptions(field);
  return asList(value).map((item) => {
    const name = text(item);
    return choices.find(({ key }) => key === name) ?? choiceOption(name);
  });
}

function choiceOptions(field: Field) {
  return (field.options?.choices ?? []).map(({ name, color }) => choiceOption(name, color));
}

function choiceOption(name: string, color?: string): Option {
  return { key: name, label: name, value: name, node: <Chip color={color}>{name}</Chip> };
}

function linkOption({ id, name }: { id: string; name: string }): Option {
  const label = name || en.data.unnamed;
  return { key: id, label, value: id, node: label };
}

function personOption(person: Person): Option {
  const name = personName(person);
  return {
    key: person.email ?? person.id,
    label: name,
    value: person,
    node: (
      <>
        <Avatar id={person.id} name={name} />
        {name}
      </>
    ),
  };
}
