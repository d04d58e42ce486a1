import { IconCloudDataConnection } from '@tabler/icons-react';
import { en } from '@/locales/en';
import classes from './CopyNote.module.css';

/** Stands where the views are of a base that lies here. */
export function CopyNote({ mayWrite }: { mayWrite: boolean }) {
  return (
    <p className={classes.note}>
      <IconCloudDataConnection size={16} stroke={1.7} className={classes.icon} />
      {mayWrite ? en.grid.copyNote : en.grid.copyNoteRead}
    </p>
  );
}
