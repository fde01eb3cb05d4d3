/** What the hosts of a run own, and what of it running cases occupy. */
import { type Part, Pool } from './pool.js';
import type { Resources } from './task-set.js';

/** Cores and GPUs in thousandths, so that parts of one add up exactly; memory in bytes. */
export type Amounts = readonly [cores: number, memory: number, gpus: number];

/** Which cores and GPUs a host has; empty where nobody says. */
export interface Names {
  readonly cores: readonly number[];
  readonly gpus: readonly string[];
}

/** Those that a case occupies. */
export interface Occupied {
  readonly cores: readonly Part<number>[];
  readonly gpus: readonly Part<string>[];
}

const parts = 1000;

export function amountsOf({ cores, memoryBytes, gpus }: Resources): Amounts {
  return [toParts(cores), memoryBytes, toParts(gpus)];
}

export function resourcesOf([cores, memoryBytes, gpus]: Amounts): Resources {
  return { cores: cores / parts, memoryBytes, gpus: gpus / parts };
}

/** `4 cores, 2 GB and 1 GPU`; what is not needed is left out. */
export function amountsText([cores, memory, gpus]: Amounts): string {
  const words = [
    ...(cores > 0 ? [counted(cores / parts, 'core')] : []),
    ...(memory > 0 ? [memoryText(memory)] : []),
    ...(gpus > 0 ? [counted(gpus / parts, 'GPU')] : []),
  ];
  const last = words.pop();
  return last === undefined ? 'nothing' : words.length === 0 ? last : `${words.join(', ')} and ${last}`;
}

function counted(count: number, word: string): string {
  return Number.isFinite(count) ? `${count} ${word}${count === 1 ? '' : 's'}` : `any number of ${word}s`;
}

function memoryText(bytes: number): string {
  if (!Number.isFinite(bytes)) return 'any memory';
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`;
}

/** Upwards: nothing may occupy more than is counted. */
function toParts(amount: number): number {
  return Math.ceil(amount * parts - 1e-6);
}

export class Host {
  readonly name: string;
  /** Workers on it that live, and those of them that compute. */
  readonly workers = new Set<number>();
  readonly busy = new Set<number>();
  /** Case that starts here before any other does, as soon as there is room. */
  reservedFor: number | undefined;
  /** When there will be room for it, as far as is known. */
  reservedMs: number | undefined;
  /** State of the queue at which nothing in it was found to end before; undefined once there is more room. */
  inVainAt: number | undefined;
  /** What runs here and occupies something, by case. */
  readonly occupants = new Map<number, { readonly need: Amounts; readonly startedMs: number }>();
  #owned: Amounts = [0, 0, 0];
  #used: Amounts = [0, 0, 0];
  readonly #cores = new Pool<number>();
  readonly #gpus = new Pool<string>();

  constructor(name: string) {
    this.name = name;
  }

  get owned(): Amounts {
    return this.#owned;
  }

  get free(): Amounts {
    return minus(this.#owned, this.#used);
  }

  /** What one of its workers sees of it; another may see more. */
  show(owned: Amounts, names: Names): void {
    const [cores, memory, gpus] = this.#owned;
    this.#owned = [Math.max(cores, owned[0]), Math.max(memory, owned[1]), Math.max(gpus, owned[2])];
    this.#cores.show(names.cores);
    this.#gpus.show(names.gpus);
  }

  /** Whether so much could be occupied here if nothing else was. */
  canHold(need: Amounts): boolean {
    return isWithin(need, this.#owned);
  }

  hasRoom(need: Amounts): boolean {
    const [cores, memory, gpus] = this.#used;
    return (
      isWithin([cores + need[0], memory + need[1], gpus + need[2]], this.#owned) &&
      this.#cores.fits(need[0]) &&
      this.#gpus.fits(need[2])
    );
  }

  keepFor(index: number | undefined): void {
    this.reservedFor = index;
    this.reservedMs = undefined;
    this.inVainAt = undefined;
  }

  occupy(index: number, need: Amounts, startedMs: number): Occupied {
    this.occupants.set(index, { need, startedMs });
    const [cores, memory, gpus] = this.#used;
    this.#used = [cores + need[0], memory + need[1], gpus + need[2]];
    return { cores: this.#cores.take(need[0]), gpus: this.#gpus.take(need[2]) };
  }

  vacate(index: number, need: Amounts, { cores, gpus }: Occupied): void {
    this.occupants.delete(index);
    this.inVainAt = undefined;
    this.#used = minus(this.#used, need);
    this.#cores.giveBack(cores);
    this.#gpus.giveBack(gpus);
  }
}

function isWithin(need: Amounts, limit: Amounts): boolean {
  return need[0] <= limit[0] && need[1] <= limit[1] && need[2] <= limit[2];
}

function minus(from: Amounts, taken: Amounts): Amounts {
  return [from[0] - taken[0], from[1] - taken[1], from[2] - taken[2]];
}
