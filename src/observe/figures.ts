/** Numbers as people read them: few digits, the same width of meaning everywhere. */

/** `1,234,567`. */
export function formatCount(count: number): string {
  // Not by toLocaleString, which takes a tenth of a millisecond, and a report has many thousands.
  return String(Math.round(count)).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 case`, `2 cases`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Cases a second with three digits: `0.52/s`, `31.4/s`, `48.2k/s`, `1.05M/s`. */
export function formatRate(perSecond: number): string {
  const [scaled, suffix] =
    perSecond >= 999_500
      ? [perSecond / 1e6, 'M']
      : perSecond >= 9_995
        ? [perSecond / 1e3, 'k']
        : [perSecond, ''];
  const digits = scaled >= 99.95 || scaled === 0 ? 0 : scaled >= 9.995 ? 1 : 2;
  return `${scaled.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}${suffix}/s`;
}

/** `0.34 ms`, `12 ms`, `0.8 s`, `42 s`, `3:07`, `2:05:09`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms > 0 && ms < 9.95) return `${Number(ms.toPrecision(2))} ms`;
  if (ms > 0 && ms < 100) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  if (days > 0) return `${days} d ${hours} h`;
  const minutes = String(Math.floor((seconds % 3600) / 60));
  const rest = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${minutes.padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** Powers of 1,024, three digits: `812 B`, `3.50 KiB`, `1.21 GiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  let power = 0;
  let scaled = bytes;
  while (scaled >= 999.5 && power < units.length - 1) {
    scaled /= 1024;
    power += 1;
  }
  return power === 0 ? `${scaled} B` : `${scaled.toPrecision(3)} ${units[power]}`;
}

/** Whole per cent, 100 only when everything is done and 0 only when nothing is. */
export function formatPercent(done: number, total: number): string {
  if (total === 0 || done >= total) return '100 %';
  if (done === 0) return '0 %';
  return `${Math.min(99, Math.max(1, Math.floor((done / total) * 100)))} %`;
}
