/** Times and sizes as users write them: `90`, `90 s`, `15 min`, `2 h`, `01:30:00`; `2 GB`, `512 MiB`. */

const secondsPerUnit: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  min: 60,
  m: 60,
  h: 3600,
  d: 86_400,
};

/** Decimal and binary prefixes mean what they say; a bare letter is binary, as in Slurm and Java. */
const bytesPerUnit: Readonly<Record<string, number>> = {
  b: 1,
  ...{ k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 },
  ...{ kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 },
  ...{ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 },
};

export const durationWords = 'seconds, or a time like 90 s, 15 min, 2 h or 01:30:00';
export const bytesWords = 'bytes, or a size like 512 MiB or 2 GB';

/** Milliseconds; a number without a unit is seconds. Undefined for anything else, and for what is not positive. */
export function parseDurationMs(value: string | number): number | undefined {
  const seconds = typeof value === 'number' ? value : secondsOf(value.trim());
  return seconds !== undefined && seconds > 0 && Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

/** Bytes, a whole number; undefined for anything else, and for what is not positive. */
export function parseBytes(value: string | number): number | undefined {
  const bytes = typeof value === 'number' ? value : scaled(value.trim(), bytesPerUnit, 'b');
  return bytes !== undefined && bytes >= 1 && Number.isFinite(bytes) ? Math.round(bytes) : undefined;
}

/** As `parseDurationMs` reads it, in the largest unit of which it is a whole number: `15 min`, `1.5 s`. */
export function durationText(ms: number): string {
  const seconds = ms / 1000;
  for (const unit of ['d', 'h', 'min'] as const) {
    const count = seconds / (secondsPerUnit[unit] as number);
    if (count >= 1 && Number.isInteger(count)) return `${count} ${unit}`;
  }
  return seconds >= 1 ? `${seconds} s` : `${ms} ms`;
}

/** As `parseBytes` reads it: whole numbers of a unit as such, others with three digits. */
export function bytesText(bytes: number): string {
  for (const unit of ['GiB', 'GB', 'MiB', 'MB', 'KiB', 'kB'] as const) {
    const count = bytes / (bytesPerUnit[unit.toLowerCase()] as number);
    if (count >= 1 && Number.isInteger(count)) return `${count} ${unit}`;
  }
  return bytes < 1000 ? `${bytes} B` : `${Number((bytes / 2 ** 20).toPrecision(3))} MiB`;
}

/** `[days-]hours:minutes:seconds` and `minutes:seconds` as Slurm writes them, or a number with a unit. */
function secondsOf(text: string): number | undefined {
  const clock = /^(?:(?:(\d+)-)?(\d+):)?(\d{1,2}):(\d{1,2})$/.exec(text);
  if (!clock) return scaled(text, secondsPerUnit, 's');
  const [days, hours, minutes, seconds] = clock.slice(1).map((part) => Number(part ?? 0));
  return ((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!;
}

function scaled(text: string, units: Readonly<Record<string, number>>, bare: string): number | undefined {
  const match = /^(\d+(?:\.\d*)?(?:e[+-]?\d+)?)\s*([a-z]*)$/i.exec(text);
  const unit = match && units[match[2]!.toLowerCase() || bare];
  return unit ? Number(match[1]) * unit : undefined;
}
