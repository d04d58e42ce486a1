import { Button } from '@mantine/core';
import {
  type Icon,
  IconArrowBackUp,
  IconHandStop,
  IconPlayerPlay,
  IconX,
} from '@tabler/icons-react';
import type { RunAction, Saga } from '@/api/sagas';
import { en } from '@/locales/en';

const t = en.sagas.actions;
const ICONS: Record<RunAction, Icon> = {
  cancel: IconX,
  continue: IconPlayerPlay,
  compensate: IconArrowBackUp,
  abandon: IconHandStop,
};

interface Props {
  run: Saga;
  onAsk: (action: RunAction) => void;
}

/** What may be done about the run as a whole; each asks before it does anything. */
export function RunButtons({ run, onAsk }: Props) {
  return run.actions.map((action) => {
    const ActionIcon = ICONS[action];
    return (
      <Button
        key={action}
        variant="default"
        leftSection={<ActionIcon size={16} />}
        onClick={() => onAsk(action)}
      >
        {t[action]}
      </Button>
    );
  });
}
