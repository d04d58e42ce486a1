import { Menu, ScrollArea } from '@mantine/core';
import { IconCheck, IconEyeOff, IconPlus } from '@tabler/icons-react';
import { en } from '@/locales/en';
import { fieldIcon } from '@/ui/cells/fieldIcons';
import { useEditing } from '../edit/EditContext';
import { ToolButton } from './ToolButton';
import type { ToolbarProps } from './Toolbar';

const t = en.data;

export function FieldsMenu({ table, columns, onField }: ToolbarProps) {
  const { maySchema } = useEditing();
  const hidden = columns.hidden.length;
  return (
    <Menu width={260} closeOnItemClick={false} position="bottom-start">
      <Menu.Target>
        <ToolButton
          icon={IconEyeOff}
          isOn={hidden > 0}
          label={hidden ? t.hidden(hidden) : t.fields}
        />
      </Menu.Target>
      <Menu.Dropdown>
        <ScrollArea.Autosize mah={420}>
          {table.fields
            .filter((field) => field.id !== table.primaryFieldId)
            .map((field) => {
              const FieldIcon = fieldIcon(field.type);
              const isShown = !columns.hidden.includes(field.id);
              return (
                <Menu.Item
                  key={field.id}
                  role="menuitemcheckbox"
                  aria-checked={isShown}
                  c={isShown ? undefined : 'dimmed'}
                  leftSection={<FieldIcon size={16} stroke={1.7} />}
                  rightSection={isShown && <IconCheck size={15} />}
                  onClick={() => columns.toggle(field.id)}
                >
                  {field.name}
                </Menu.Item>
              );
            })}
        </ScrollArea.Autosize>
        {hidden > 0 && (
          <>
            <Menu.Divider />
            <Menu.Item onClick={columns.showAll}>{t.showAll}</Menu.Item>
          </>
        )}
        {maySchema && (
          <>
            <Menu.Divider />
            <Menu.Item
              closeMenuOnClick
              leftSection={<IconPlus size={16} stroke={1.7} />}
              onClick={() => onField('new')}
            >
              {en.grid.addField}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
