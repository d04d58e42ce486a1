import {
  type Icon,
  IconAlertTriangle,
  IconArrowBackUp,
  IconCheck,
  IconClockPause,
  IconHandStop,
  IconPlayerPlay,
} from '@tabler/icons-react';
import type { RunState } from '@/api/sagas';
import { IconTile } from '@/ui/Chip';

const LOOKS: Record<RunState, { icon: Icon; hue: string }> = {
  pending: { icon: IconPlayerPlay, hue: 'gray' },
  running: { icon: IconPlayerPlay, hue: 'teal' },
  waiting: { icon: IconClockPause, hue: 'cyan' },
  compensating: { icon: IconArrowBackUp, hue: 'yellow' },
  needs_attention: { icon: IconAlertTriangle, hue: 'red' },
  completed: { icon: IconCheck, hue: 'green' },
  compensated: { icon: IconArrowBackUp, hue: 'gray' },
  resolved: { icon: IconHandStop, hue: 'gray' },
};

export function SagaTile({ state, size = 34 }: { state: RunState; size?: number }) {
  const { icon: StateIcon, hue } = LOOKS[state];
  return (
    <IconTile hue={hue} size={size}>
      <StateIcon size={size * 0.53} stroke={1.7} />
    </IconTile>
  );
}
