import { Tooltip } from '@mantine/core';
import { en } from '@/locales/en';
import { Tag, type Tone } from '@/ui/Tag';
import type { Standing } from './standing';

const TONES: Partial<Record<Standing, Tone>> = {
  open: 'accent',
  partial: 'warning',
  partlyUndone: 'warning',
};

export function StandingTags({ standings }: { standings: Standing[] }) {
  return standings.map((standing) => (
    <Tooltip key={standing} label={en.history.stateHints[standing]} multiline maw={260}>
      <span>
        <Tag tone={TONES[standing]}>{en.history.states[standing]}</Tag>
      </span>
    </Tooltip>
  ));
}
