const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** The two largest units of a stretch of time, such as `2 h 5 min`. */
export function durationText(millis: number) {
  if (millis < 1000) return 'under 1 s';
  let rest = Math.floor(millis / 1000);
  const first = UNITS.findIndex(([, size]) => rest >= size);
  const parts: string[] = [];
  for (const [name, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.join(' ');
}

export function span(from: string, to: string | number) {
  return new Date(to).getTime() - new Date(from).getTime();
}
