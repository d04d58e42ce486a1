import type { ReactNode } from 'react';
import classes from './Chip.module.css';
import { hueOf, initials } from './initials';

const TONES = ['Light2', 'Light1', 'Bright', 'Dark1'];

export function splitColor(color: string | undefined) {
  const tone = TONES.find((t) => color?.endsWith(t));
  return { hue: tone && color ? color.slice(0, -tone.length) : 'gray', tone: tone ?? 'Light2' };
}

export function Chip({ color, children }: { color?: string; children: ReactNode }) {
  const { hue, tone } = splitColor(color);
  return (
    <span className={classes.chip} data-hue={hue} data-tone={tone}>
      {children}
    </span>
  );
}

export function Avatar({ id, name, size = 22 }: { id: string; name: string; size?: number }) {
  return (
    <span
      className={classes.avatar}
      data-hue={hueOf(id)}
      data-tone="Light2"
      style={{ width: size, height: size, fontSize: Math.max(9, size * 0.42) }}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  );
}

export function Tile({ id, name, size = 28 }: { id: string; name: string; size?: number }) {
  return (
    <span
      className={classes.tile}
      data-hue={hueOf(id)}
      data-tone="Light2"
      style={{ width: size, height: size, fontSize: size * 0.4, borderRadius: size * 0.28 }}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  );
}

interface IconTileProps {
  hue: string;
  size?: number;
  children: ReactNode;
}

export function IconTile({ hue, size = 32, children }: IconTileProps) {
  return (
    <span
      className={classes.tile}
      data-hue={hue}
      data-tone="Light2"
      style={{ width: size, height: size, borderRadius: size * 0.28 }}
      aria-hidden="true"
    >
      {children}
    </span>
  );
}
