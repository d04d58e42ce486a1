const formats = new Map<number, Intl.NumberFormat>();

export function formatNumber(value: number, precision = 0): string {
  const known = formats.get(precision);
  if (known) return known.format(value);
  const made = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: precision,
    maximumFractionDigits: precision,
  });
  formats.set(precision, made);
  return made.format(value);
}

export function formatCurrency(value: number, precision = 2, symbol = '$') {
  return `${value < 0 ? '-' : ''}${symbol}${formatNumber(Math.abs(value), precision)}`;
}

export function formatPercent(value: number, precision = 0) {
  return `${formatNumber(value * 100, precision)}%`;
}

/** `h:mm`, `h:mm:ss` and `h:mm:ss.S…`; the number of digits after the point follows the pattern. */
export function formatDuration(seconds: number, pattern = 'h:mm'): string {
  const digits = pattern.split('.')[1]?.length ?? 0;
  const hasSeconds = pattern.includes(':ss');
  const unit = hasSeconds ? 10 ** -digits : 60;
  const total = Math.round(Math.abs(seconds) / unit) * unit;
  const hours = Math.floor(total / 3600 + 1e-9);
  const minutes = Math.floor((total - hours * 3600) / 60 + 1e-9);
  const rest = Math.max(0, total - hours * 3600 - minutes * 60);
  const sign = seconds < 0 ? '-' : '';
  const head = `${sign}${hours}:${pad(minutes)}`;
  if (!hasSeconds) return head;
  return `${head}:${rest.toFixed(digits).padStart(digits ? digits + 3 : 2, '0')}`;
}

function pad(n: number) {
  return String(n).padStart(2, '0');
}
