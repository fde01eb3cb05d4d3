/** Shows a run until it is over or the user has seen enough. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Style } from '../style.js';
import { formatFrame } from './frame.js';
import type { Looker, Sight } from './look.js';
import { plainWatch } from './plain.js';
import { type Keyboard, Screen, type Terminal } from './screen.js';

export interface WatchRequest {
  readonly watcher: Looker;
  /** Of the study. */
  readonly name: string;
  readonly style: Style;
  readonly terminal: Terminal;
  /** Aborted: the user has seen enough. */
  readonly stop: AbortSignal;
}

export type WatchEnd = 'over' | 'left';

/** A session shows itself each second. */
const lookMs = 500;

/** On a terminal, which is drawn anew and left as it was. `q` and Ctrl+C end it. */
export async function watchOnScreen(request: WatchRequest, keyboard: Keyboard): Promise<WatchEnd> {
  const { watcher, name, style, terminal, stop } = request;
  const left = new AbortController();
  let sight: Sight = { kind: 'over' };
  const draw = (): void => screen.draw(linesOf(sight, name, screen.size, style));
  const onKey = (key: string): void => {
    if (key === 'q' || key === 'Q' || key === '\u0003') left.abort();
  };
  const screen = new Screen(terminal, keyboard, onKey, draw);
  try {
    const until = AbortSignal.any([stop, left.signal]);
    while (!until.aborted) {
      sight = watcher.look(Date.now());
      if (sight.kind === 'over') return 'over';
      draw();
      await pause(until);
    }
    return 'left';
  } finally {
    screen.close();
  }
}

/** As lines of a log. */
export async function watchInLog({ watcher, name, style, terminal, stop }: WatchRequest): Promise<WatchEnd> {
  const plain = plainWatch(name, style);
  let isTold = false;
  while (!stop.aborted) {
    const nowMs = Date.now();
    const sight = watcher.look(nowMs);
    if (sight.kind === 'over') return 'over';
    if (sight.kind === 'live') {
      for (const line of plain(sight, nowMs)) terminal.write(`${line}\n`);
    } else if (!isTold) {
      terminal.write(`${waitingText(name, sight)}\n`);
      isTold = true;
    }
    await pause(stop);
  }
  return 'left';
}

/** One frame. Who seems silent is looked at twice: the first look has nothing but the clocks of two hosts. */
export async function watchOnce({ watcher, name, style, terminal, stop }: WatchRequest): Promise<WatchEnd> {
  let sight = watcher.look(Date.now());
  for (let looks = 0; sight.kind === 'live' && sight.silentMs > 0 && looks < 5 && !stop.aborted; looks++) {
    await pause(stop);
    sight = watcher.look(Date.now());
  }
  if (sight.kind === 'over') return 'over';
  const { columns = 160, rows = 1_000 } = terminal;
  const lines = linesOf(sight, name, { columns, rows: rows - 1 }, style, '');
  while (lines.at(-1) === '') lines.pop();
  terminal.write(`${lines.join('\n')}\n`);
  return 'left';
}

function linesOf(
  sight: Sight,
  name: string,
  size: { columns: number; rows: number },
  style: Style,
  help = 'q leaves; the run goes on',
): string[] {
  switch (sight.kind) {
    case 'live': {
      const { live, silentMs, isUnheard } = sight;
      return formatFrame({ name, live, silentMs, isUnheard, help }, size, style);
    }
    case 'waiting':
      return [waitingText(name, sight)];
    case 'over':
      return [];
    default:
      return sight satisfies never;
  }
}

function waitingText(name: string, { host, pid }: { readonly host: string; readonly pid: number }): string {
  return `${name}: starting on ${host}, process ${pid}`;
}

async function pause(until: AbortSignal): Promise<void> {
  await delay(lookMs, undefined, { signal: until }).catch(() => {});
}
