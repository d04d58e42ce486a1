import {
  type Icon,
  IconArrowBackUp,
  IconBrowser,
  IconCode,
  IconServer2,
  IconSparkles,
  IconTransform,
} from '@tabler/icons-react';
import type { Origin } from '@/api/changes';

export const ORIGIN_ICONS: Record<Origin, { icon: Icon; hue: string }> = {
  tool: { icon: IconSparkles, hue: 'purple' },
  api: { icon: IconCode, hue: 'blue' },
  app: { icon: IconBrowser, hue: 'teal' },
  undo: { icon: IconArrowBackUp, hue: 'yellow' },
  saga: { icon: IconTransform, hue: 'pink' },
  system: { icon: IconServer2, hue: 'gray' },
};
