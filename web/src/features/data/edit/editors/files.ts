import { type Attachment, asList } from '@/ui/cells/values';

export function filesOf(value: unknown): Attachment[] {
  return asList<Attachment>(value);
}

/** The cell without a file; nothing is left of the last. */
export function withoutFile(files: Attachment[], at: number): Attachment[] | null {
  const left = files.filter((_, index) => index !== at);
  return left.length > 0 ? left : null;
}

export function movedFile(files: Attachment[], from: number, to: number): Attachment[] {
  if (to < 0 || to >= files.length) return files;
  const moved = [...files];
  moved.splice(to, 0, ...moved.splice(from, 1));
  return moved;
}

/** The cell with a file that the server shall fetch; nothing for what is no address. */
export function withUrl(files: Attachment[], text: string): Attachment[] | undefined {
  const trimmed = text.trim();
  if (!/^https?:\/\//i.test(trimmed) || !URL.canParse(trimmed)) return undefined;
  const last = new URL(trimmed).pathname.split('/').at(-1);
  return [...files, { url: trimmed, ...(last && { filename: last }) }];
}

const UNITS = ['B', 'KB', 'MB', 'GB'];

/** A size as people read it. */
export function sizeText(bytes: number | undefined): string {
  if (bytes === undefined) return '';
  let [size, unit] = [bytes, 0];
  while (size >= 1000 && unit < UNITS.length - 1) [size, unit] = [size / 1000, unit + 1];
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}
