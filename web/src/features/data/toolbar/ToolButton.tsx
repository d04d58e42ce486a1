import { Button, type ButtonProps } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ComponentPropsWithRef } from 'react';
import classes from './Toolbar.module.css';

interface Props extends ButtonProps, Omit<ComponentPropsWithRef<'button'>, keyof ButtonProps> {
  icon: Icon;
  /** Something is set behind it. */
  isOn: boolean;
  label: string;
}

export function ToolButton({ icon: OwnIcon, isOn, label, ...props }: Props) {
  return (
    <Button
      variant={isOn ? 'light' : 'subtle'}
      color={isOn ? 'teal' : 'gray'}
      c={isOn ? undefined : 'var(--ink)'}
      leftSection={<OwnIcon size={16} stroke={1.7} />}
      aria-label={label}
      classNames={{ root: classes.tool, section: classes.section, label: classes.label }}
      {...props}
    >
      {label}
    </Button>
  );
}
