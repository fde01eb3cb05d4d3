/** A run that is watched from another host: what is seen there, as lines of JSON, and the same seen here. */
import { setTimeout as delay } from 'node:timers/promises';
import { isQuiet, type Looker, type Sight } from './look.js';

export type FeedLine =
  /** The study's name; first of all. */
  | { readonly kind: 'run'; readonly name: string }
  /** Where its job stands, while there is no run yet. */
  | { readonly kind: 'job'; readonly text: string }
  | { readonly kind: 'sight'; readonly sight: Sight };

const lookMs = 500;

/** A session that is silent is told this often to be so for longer. */
const silenceStepMs = 5_000;

/** Writes each change as a line, until the run is over. */
export async function feed(
  watcher: Looker,
  write: (line: FeedLine) => unknown,
  stop: AbortSignal,
): Promise<'over' | 'left'> {
  let before = '';
  while (!stop.aborted) {
    const sight = watcher.look(Date.now());
    const mark = markOf(sight);
    if (mark !== before) write({ kind: 'sight', sight });
    before = mark;
    if (sight.kind === 'over') return 'over';
    await delay(lookMs, undefined, { signal: stop }).catch(() => {});
  }
  return 'left';
}

function markOf(sight: Sight): string {
  if (sight.kind !== 'live') return JSON.stringify(sight);
  const { live, silentMs } = sight;
  return `${live.host} ${live.pid} ${live.sequence} ${live.phase} ${Math.ceil(silentMs / silenceStepMs)}`;
}

/** A feed has a line each second, or for each step of a silence: a connection without one for longer is silent itself. */
const patienceMs = 2 * silenceStepMs;

/** What the last line showed. When none comes any more, nothing is known of the run. */
export class FeedWatcher implements Looker {
  #sight: Sight;
  #heardMs: number;

  constructor(sight: Sight, nowMs: number) {
    this.#sight = sight;
    this.#heardMs = nowMs;
  }

  hear(sight: Sight, nowMs: number): void {
    this.#sight = sight;
    this.#heardMs = nowMs;
  }

  look(nowMs: number): Sight {
    const sight = this.#sight;
    const sinceMs = nowMs - this.#heardMs;
    if (sight.kind !== 'live' || sinceMs < patienceMs || isQuiet(sight.live)) return sight;
    return { ...sight, silentMs: sinceMs, isUnheard: true };
  }
}

/** Undefined for what is no line of a feed: a host may print more in front of it. */
export function parseFeedLine(text: string): FeedLine | undefined {
  try {
    const line = JSON.parse(text) as FeedLine | null;
    return line && ['run', 'job', 'sight'].includes(line.kind) ? line : undefined;
  } catch {
    return undefined;
  }
}
