import { Modal, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Access, reachedTables } from '@/api/connections';
import { en } from '@/locales/en';
import dialog from '@/ui/Dialog.module.css';
import { ErrorState } from '@/ui/ErrorState';
import { useIsPhone } from '@/ui/useIsPhone';
import { HideForm } from './HideForm';
import type { BaseRow } from './rows';

const t = en.copies;

export interface HideProps {
  row: BaseRow;
  access: Access;
  connectionId: string;
  onClose: () => void;
}

/** Which tables and fields of a base nobody is to see. Stays while it is shut, to give the focus back. */
export function HideDialog({ opened, ...props }: HideProps & { opened: boolean }) {
  const isPhone = useIsPhone();
  return (
    <Modal
      opened={opened}
      onClose={props.onClose}
      title={t.hideLabel(props.row.name)}
      size={560}
      fullScreen={isPhone}
      classNames={{ body: dialog.dialog }}
    >
      <p className={dialog.about}>{t.hideAbout[props.row.mode]}</p>
      <p className={dialog.about}>{t.hideFollows}</p>
      <Choose {...props} />
    </Modal>
  );
}

function Choose(props: HideProps) {
  const { data, error, refetch } = useQuery(reachedTables(props.connectionId, props.row.id));
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton h={240} radius={10} aria-busy="true" />;
  return <HideForm {...props} tables={data.items} />;
}
