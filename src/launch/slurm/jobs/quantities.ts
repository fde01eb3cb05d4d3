/** Times, sizes and absent values as Slurm's programs write them. */

/** Undefined for the words that mean that there is no value. */
export function present(text: string | undefined): string | undefined {
  const value = text?.trim() ?? '';
  return absent.has(value) ? undefined : value;
}

const absent = new Set(['', '(null)', 'N/A', 'n/a', 'None', 'Unknown', 'None assigned', 'NONE', 'INVALID']);

/** `1-02:03:04`, `02:03:04`, `3:04`, `0:00`, with a fraction too; undefined for `UNLIMITED`, `Partition_Limit`, … */
export function parseElapsedMs(text: string | undefined): number | undefined {
  const match = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)(?:\.\d+)?$/.exec(text?.trim() ?? '');
  if (!match) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

/** Seconds or minutes as a bare number. */
export function parseBareMs(text: string | undefined, unitMs: number): number | undefined {
  const value = text?.trim() ?? '';
  return /^\d+$/.test(value) ? Number(value) * unitMs : undefined;
}

export interface Memory {
  readonly bytes: number;
  readonly per: 'node' | 'cpu' | 'job';
}

/** `100M`, `1.50G`, `4000Mn` (a node), `2Gc` (a CPU), `368K`, `0`; a bare number is in MiB unless `unit` says otherwise. */
export function parseMemory(text: string | undefined, unit = 'M'): Memory | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGTPE])?B?([nc])?$/i.exec(text?.trim() ?? '');
  if (!match) return undefined;
  const power = 'BKMGTPE'.indexOf((match[2] ?? unit).toUpperCase());
  const per = match[3] === 'n' ? 'node' : match[3] === 'c' ? 'cpu' : 'job';
  return { bytes: Math.round(Number(match[1]) * 1024 ** power), per };
}

/** `3:0`: the exit code, and the signal that ended the program; undefined where there is neither. */
export function parseExit(
  text: string | undefined,
): { readonly code: number; readonly signal: number } | undefined {
  const match = /^(\d+):(\d+)$/.exec(text?.trim() ?? '');
  return match ? { code: Number(match[1]), signal: Number(match[2]) } : undefined;
}

/** Seconds since 1970 (SLURM_TIME_FORMAT=%s), or ISO 8601 without a zone, which is taken as local. ISO with Z comes out. */
export function parseTime(text: string | undefined): string | undefined {
  const value = present(text);
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value)
    ? Number(value) * 1000
    : /^\d{4}-\d\d-\d\dT/.test(value)
      ? Date.parse(value)
      : Number.NaN;
  return Number.isFinite(ms) && Math.abs(ms) < 8e15 && ms > 0 ? new Date(ms).toISOString() : undefined;
}

/** A whole number at the start: `9` of `9-9`, as scontrol writes counts of nodes. */
export function parseCount(text: string | undefined): number | undefined {
  const match = /^\d+/.exec(text?.trim() ?? '');
  return match ? Number(match[0]) : undefined;
}
