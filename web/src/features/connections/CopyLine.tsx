import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { Access, OfferMode } from '@/api/connections';
import { en } from '@/locales/en';
import table from './BaseTable.module.css';
import copy from './Copy.module.css';
import { CopyState } from './CopyState';
import { HideDialog } from './HideDialog';
import type { BaseRow, Wanted } from './rows';
import { TrafficLine } from './TrafficLine';

const t = en.copies;

interface Props {
  row: BaseRow;
  /** Both as they were chosen last. */
  access: Access;
  mode: OfferMode;
  connectionId: string;
  onChoose: (wanted: Wanted) => void;
}

/** Whether an offered base is copied, and how the copy stands. */
export function CopyLine({ row, access, mode, connectionId, onChoose }: Props) {
  const [isHiding, setHiding] = useState(false);
  const hide = (
    <Button
      variant="default"
      size="xs"
      aria-label={t.hideLabel(row.name)}
      onClick={() => setHiding(true)}
    >
      {t.hide}
    </Button>
  );
  return (
    <tr className={table.copy}>
      <td colSpan={3}>
        <div className={copy.line}>
          <SegmentedControl
            size="xs"
            aria-label={t.modeLabel(row.name)}
            value={mode}
            onChange={(next) => onChoose({ access, mode: next as OfferMode })}
            data={[
              { value: 'proxy', label: t.modes.proxy },
              { value: 'mirror', label: t.modes.mirror },
            ]}
          />
          {row.mode === 'mirror' ? (
            <CopyState baseId={row.id} name={row.name}>
              {hide}
            </CopyState>
          ) : (
            <>
              <p className={copy.meta}>{t.about}</p>
              {row.choice !== 'none' && <div className={copy.buttons}>{hide}</div>}
            </>
          )}
          {/* The server knows nothing of a base whose offer is still on its way. */}
          {row.choice !== 'none' && <TrafficLine connectionId={connectionId} baseId={row.id} />}
        </div>
        <HideDialog
          opened={isHiding}
          row={row}
          access={access}
          connectionId={connectionId}
          onClose={() => setHiding(false)}
        />
      </td>
    </tr>
  );
}
