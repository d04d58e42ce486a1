import { IconArrowForwardUp } from '@tabler/icons-react';
import type { ChangeSet } from '@/api/changes';
import { IconTile } from '@/ui/Chip';
import { ORIGIN_ICONS } from './origins';
import { isUndo } from './sentence';

export function OriginTile({ change, size = 34 }: { change: ChangeSet; size?: number }) {
  const { icon, hue } = ORIGIN_ICONS[change.origin];
  const isRedo = change.origin === 'undo' && !isUndo(change);
  const Icon = isRedo ? IconArrowForwardUp : icon;
  return (
    <IconTile hue={hue} size={size}>
      <Icon size={size * 0.53} stroke={1.7} />
    </IconTile>
  );
}
