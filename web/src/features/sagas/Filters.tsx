import { useQuery } from '@tanstack/react-query';
import { definitions, RUN_STATES, type RunState } from '@/api/sagas';
import { en } from '@/locales/en';
import { Filter, FilterBar } from '@/ui/FilterBar';
import type { SagasSearch } from './search';

const t = en.sagas.filters;
const STATES = RUN_STATES.map((value) => ({ value, label: en.sagas.states[value] }));

interface Props {
  search: SagasSearch;
  onSearch: (change: SagasSearch) => void;
}

export function Filters({ search, onSearch }: Props) {
  const { data } = useQuery(definitions);
  const names = (data?.items ?? []).map(({ name }) => ({ value: name, label: name }));
  return (
    <FilterBar
      label={t.label}
      isFiltered={Boolean(search.state || search.definition)}
      onClear={() => onSearch({ state: undefined, definition: undefined })}
    >
      <Filter
        label={t.stateLabel}
        placeholder={t.state}
        value={search.state}
        data={STATES}
        onChange={(state) => onSearch({ state: state as RunState | undefined })}
      />
      <Filter
        label={t.definitionLabel}
        placeholder={t.definition}
        value={search.definition}
        data={names}
        onChange={(definition) => onSearch({ definition })}
      />
    </FilterBar>
  );
}
