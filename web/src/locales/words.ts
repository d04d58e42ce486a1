export function number(n: number) {
  return n.toLocaleString('en-US');
}

export function plural(n: number, word: string) {
  return `${number(n)} ${word}${n === 1 ? '' : 's'}`;
}

/** One, one or two, or one, two or three. */
export function alternatives(parts: string[]) {
  if (parts.length < 2) return parts[0] ?? '';
  return `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`;
}

/** One, one and two, or one, two and three. */
export function series(parts: string[]) {
  if (parts.length < 2) return parts[0] ?? '';
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
