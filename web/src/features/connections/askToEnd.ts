import { modals } from '@mantine/modals';
import { en } from '@/locales/en';
import { type BaseRow, hidesSomething, type Wanted } from './rows';

const t = en.copies;

/** Asks before the copy of a base goes. */
export function askToEnd(row: BaseRow, wanted: Wanted, onConfirm: () => void) {
  const text = wanted ? t.endText : t.endOffer;
  const ofHidden = wanted ? t.endShows : t.endForgets;
  modals.openConfirmModal({
    title: t.endTitle(row.name),
    children: hidesSomething(row) ? `${text} ${ofHidden}` : text,
    labels: { confirm: t.end, cancel: en.common.cancel },
    confirmProps: { color: 'red' },
    onConfirm,
  });
}
