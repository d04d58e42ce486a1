import { type CSSVariablesResolver, createTheme } from '@mantine/core';
import { en } from '@/locales/en';

// Component defaults stay plain objects: importing components here would pull them into the entry chunk.
export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: 7,
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '15px', xl: '20px' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '14px' },
  headings: { fontWeight: '620' },
  colors: {
    teal: [
      '#e6f5f1',
      '#cdebe4',
      '#a3dbcf',
      '#7fd3c1',
      '#4fbaa5',
      '#2fa08b',
      '#1a8c7a',
      '#0f7b6c',
      '#0b6357',
      '#084f45',
    ],
    gray: [
      '#faf8f5',
      '#f5f3ef',
      '#ece8e1',
      '#e0dbd2',
      '#cfc9be',
      '#b3aca0',
      '#857e74',
      '#6a645c',
      '#4a453f',
      '#211f1c',
    ],
    dark: [
      '#ece8e1',
      '#d6d1c8',
      '#a8a299',
      '#8a847b',
      '#403c38',
      '#322f2b',
      '#262320',
      '#1c1a18',
      '#181614',
      '#141311',
    ],
  },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'lg' } },
    Menu: {
      defaultProps: {
        shadow: 'md',
        radius: 'md',
        transitionProps: { duration: 90 },
        withInitialFocusPlaceholder: false,
      },
    },
    Tooltip: { defaultProps: { openDelay: 400, transitionProps: { duration: 90 } } },
    Modal: {
      defaultProps: {
        centered: true,
        radius: 'lg',
        transitionProps: { duration: 120 },
        closeButtonProps: { 'aria-label': en.common.close },
      },
    },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': en.common.close } } },
  },
});

const surface = {
  '--mantine-color-body': 'var(--sheet)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--dim)',
  '--mantine-color-placeholder': 'var(--dim)',
  '--mantine-color-default': 'var(--control)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-anchor': 'var(--accent-ink)',
  '--mantine-color-error': 'var(--danger)',
  '--mantine-color-gray-light-color': 'var(--ink)',
  '--mantine-color-teal-light': 'var(--accent-soft)',
  '--mantine-color-teal-light-hover': 'var(--accent-soft-hover)',
  '--mantine-color-teal-light-color': 'var(--accent-ink)',
  '--mantine-color-red-filled': 'var(--danger-fill)',
  '--mantine-color-red-filled-hover': 'var(--danger-fill-hover)',
  '--mantine-color-red-light': 'var(--danger-soft)',
  '--mantine-color-red-light-color': 'var(--danger)',
};

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: surface,
  dark: surface,
});
