import {
  IconBarcode,
  IconCheck,
  IconCircleFilled,
  IconExternalLink,
  IconFile,
  IconFlagFilled,
  IconHeartFilled,
  IconSquareXFilled,
  IconStarFilled,
  IconThumbUpFilled,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { FieldOptions } from '@/api/types';
import { splitColor } from '@/ui/Chip';
import classes from './CellView.module.css';
import { type Attachment, asList, safeHref } from './values';

const MARKS: Record<string, ComponentType<{ size?: number }>> = {
  check: IconCheck,
  xCheckbox: IconSquareXFilled,
  star: IconStarFilled,
  heart: IconHeartFilled,
  thumbsUp: IconThumbUpFilled,
  flag: IconFlagFilled,
  dot: IconCircleFilled,
};

export function Checkbox({ isOn, options }: { isOn: boolean; options?: FieldOptions | null }) {
  if (!isOn) return null;
  const Mark = MARKS[options?.icon ?? 'check'] ?? IconCheck;
  return (
    <span
      className={classes.mark}
      data-hue={splitColor(options?.color ?? 'greenBright').hue}
      role="img"
      aria-label="Checked"
    >
      <Mark size={16} />
    </span>
  );
}

export function Rating({ value, options }: { value: number; options?: FieldOptions | null }) {
  const Mark = MARKS[options?.icon ?? 'star'] ?? IconStarFilled;
  const max = options?.max ?? 5;
  return (
    <span
      className={classes.rating}
      data-hue={splitColor(options?.color ?? 'yellowBright').hue}
      role="img"
      aria-label={`${value} of ${max}`}
    >
      {Array.from({ length: max }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the marks are their positions
        <i key={index} data-on={index < value}>
          <Mark size={14} />
        </i>
      ))}
    </span>
  );
}

export function Percent({ value, text }: { value: number; text: string }) {
  const share = Math.min(1, Math.max(0, value));
  return (
    <span className={classes.percent}>
      <span className={classes.track} aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      {text}
    </span>
  );
}

export function TextLink({ type, text }: { type: string; text: string }) {
  const href = safeHref(type, text);
  if (!href) return <span className={classes.text}>{text}</span>;
  return (
    <a
      className={classes.anchor}
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      tabIndex={-1}
    >
      {text.replace(/^https?:\/\/(www\.)?/, '')}
    </a>
  );
}

export function ButtonLink({ label, url }: { label: string; url: string }) {
  const href = safeHref('url', url);
  if (!href) return <span className={classes.button}>{label}</span>;
  return (
    <a
      className={classes.button}
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      tabIndex={-1}
    >
      {label}
      <IconExternalLink size={13} />
    </a>
  );
}

export function Barcode({ text }: { text: string }) {
  return (
    <span className={classes.file}>
      <IconBarcode size={16} />
      <span className="num">{text}</span>
    </span>
  );
}

export function Attachments({ value }: { value: unknown }) {
  return asList<Attachment>(value).map((file, index) => (
    <span key={file.id ?? index} className={classes.file} title={file.filename}>
      <Thumbnail file={file} />
      {file.filename ?? 'File'}
    </span>
  ));
}

/** The content policy lets pages load pictures from this server only; others get a plain icon. */
export function Thumbnail({ file }: { file: Attachment }) {
  const url = file.thumbnails?.small?.url;
  const isOwn = url && new URL(url, window.location.origin).origin === window.location.origin;
  if (!isOwn) return <IconFile size={15} stroke={1.7} />;
  return <img src={url} alt="" className={classes.thumbnail} loading="lazy" />;
}
