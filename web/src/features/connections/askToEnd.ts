import { modals } from '@mantine/modals';
import { en } from '@/locales/en';
import { type BaseRow, hidesSomething, type Wanted } from './rows';

const t = en.copies;

/** Asks before the copy of a base goes. */
export function askToEnd(row: BaseRow, wanted: Wanted, onConfirm: () => void) {
  const text = wanted ? t.endText : t.endOffer;
  const isForgotten = !wanted && hidesSomething(row);
  modals.openConfirmModal({
    title: t.endTitle(row.name),
    children: isForgotten ? `${text} ${t.endForgets}` : text,
    labels: { confirm: t.end, cancel: en.common.cancel },
    confirmProps: { color: 'red' },
    onConfirm,
  });
}
