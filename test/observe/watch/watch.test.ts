import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createStyle } from '../../../src/observe/style.js';
import { Watcher } from '../../../src/observe/watch/look.js';
import { plainWatch } from '../../../src/observe/watch/plain.js';
import { type Keyboard, Screen } from '../../../src/observe/watch/screen.js';
import { watchInLog, watchOnScreen } from '../../../src/observe/watch/watch.js';
import { thisProcess } from '../../../src/process/identity.js';
import type { LiveState } from '../../../src/runtime/progress/live.js';
import { liveAt, workerAt } from '../support.js';

const style = createStyle(false, true);
let runDir: string;
beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), 'shoal-watch-'));
});
afterEach(() => rmSync(runDir, { recursive: true }));

const { host, pid } = thisProcess();

/** As the session of this very process leaves them. */
function writeLive(changes: Partial<LiveState> = {}): void {
  writeFileSync(join(runDir, 'live.json'), JSON.stringify(liveAt({ host, pid, ...changes })));
}

function writeLock(changes: object = {}): void {
  const owner = { ...thisProcess(), epoch: 1, nonce: 'n', since: '2026-01-01T10:00:00Z', state: 'held' };
  writeFileSync(join(runDir, 'lock'), JSON.stringify({ ...owner, ...changes }));
}

describe('a look', () => {
  const writtenMs = Date.parse('2026-01-01T10:00:08.000Z');

  test('sees what the session shows', () => {
    writeLock();
    writeLive();
    expect(new Watcher(runDir).look(writtenMs)).toMatchObject({
      kind: 'live',
      silentMs: 0,
      live: { done: 42_000 },
    });
  });

  test('waits for a session that shows nothing yet, also where an earlier one did', () => {
    writeLock();
    expect(new Watcher(runDir).look(0)).toEqual({ kind: 'waiting', host, pid });
    writeLive({ pid: pid + 1 });
    expect(new Watcher(runDir).look(0)).toEqual({ kind: 'waiting', host, pid });
  });

  test.each([
    ['has given the folder back', { state: 'released' }],
    ['is gone', { pid: 2 ** 22 + 1 }],
    ['was of an earlier boot', { bootId: 'another' }],
  ])('finds the run over once its session %s', (_, owner) => {
    writeLock(owner);
    writeLive();
    expect(new Watcher(runDir).look(writtenMs)).toEqual({ kind: 'over' });
  });

  test('measures silence by its own clock, whatever the time is on the other host', () => {
    writeLock({ host: 'far away' });
    const live = { host: 'far away', writtenAt: '2026-01-01T08:00:00.000Z' };
    writeLive({ ...live, sequence: 1 });
    const watcher = new Watcher(runDir);
    const silence = (ms: number): number => {
      const sight = watcher.look(ms);
      return sight.kind === 'live' ? sight.silentMs : Number.NaN;
    };
    expect(silence(writtenMs)).toBe(2 * 3_600_000 + 8_000);
    writeLive({ ...live, sequence: 2 });
    expect(silence(writtenMs + 1_000)).toBe(0);
    expect(silence(writtenMs + 6_000)).toBe(0);
    expect(silence(writtenMs + 11_000)).toBe(10_000);
    writeLive({ ...live, sequence: 3, phase: 'assembling' });
    silence(writtenMs + 12_000);
    expect(silence(writtenMs + 60_000)).toBe(0);
  });

  test('keeps what it saw while the file cannot be read', () => {
    writeLock();
    writeLive();
    const watcher = new Watcher(runDir);
    watcher.look(writtenMs);
    writeFileSync(join(runDir, 'live.json'), '{"version":1,"seq');
    expect(watcher.look(writtenMs + 500)).toMatchObject({ kind: 'live', live: { done: 42_000 } });
  });
});

describe('a log', () => {
  const failed = (index: number) => ({
    ...{ case: index, attempt: 1, worker: 0, atMs: index, status: 'failed' as const },
    ...{ type: 'RangeError', message: 'below\nzero' },
  });

  const plainOf = () => {
    const plain = plainWatch('x', style);
    return (live: LiveState, silentMs: number, nowMs: number, isUnheard = false) =>
      plain({ kind: 'live', live, silentMs, isUnheard }, nowMs);
  };

  test('gets a frame, then a line for each change', () => {
    const plain = plainOf();
    const live = liveAt();
    expect(plain(live, 0, 0)[0]).toMatch(/^x {2}running for/);
    expect(plain(live, 0, 500)).toEqual([]);
    expect(plain({ ...live, done: 43_000 }, 0, 1_000)).toEqual([]);
    expect(plain({ ...live, done: 44_000 }, 0, 6_000)).toEqual([
      'x: 44 %, 44,000/100,000, 5,120/s, ETA 11 s, 3/4 busy',
    ]);
    expect(plain({ ...live, done: 44_000 }, 0, 60_000)).toEqual([]);
  });

  test('is told of progress once it has been quiet for a while, also when that came before', () => {
    const plain = plainOf();
    plain(liveAt({ done: 1 }), 0, 0);
    expect(plain(liveAt({ done: 2 }), 0, 1_000)).toEqual([]);
    expect(plain(liveAt({ done: 2 }), 0, 6_000)).toHaveLength(1);
  });

  test('names each failure once, oldest first', () => {
    const plain = plainOf();
    plain(liveAt({ recentFailures: [failed(1)] }), 0, 0);
    const more = liveAt({ recentFailures: [{ ...failed(3), isTriedAgain: true }, failed(2), failed(1)] });
    expect(plain(more, 0, 500)).toEqual([
      'x: case 2 failed, RangeError: below zero',
      'x: case 3 failed and is tried again, RangeError: below zero',
    ]);
    expect(plain(more, 0, 1_000)).toEqual([]);
  });

  test('hears at once of another phase, a lost rank, silence and its end', () => {
    const plain = plainOf();
    plain(liveAt(), 0, 0);
    expect(plain(liveAt({ phase: 'stopping' }), 0, 500)[0]).toContain('stopping');
    const workers = [workerAt(0, { state: 'lost' })];
    const lost = liveAt({ phase: 'running', workers });
    expect(plain(lost, 0, 1_000)[0]).toContain('1 lost');
    expect(plain(lost, 7_000, 8_000)).toEqual(['x: no sign of life for 7.0 s']);
    expect(plain(lost, 8_000, 9_000)).toEqual([]);
    expect(plain(lost, 0, 10_000)).toEqual(['x: shows itself again']);
    expect(plain(lost, 12_000, 22_000, true)).toEqual(['x: no connection for 12 s; the run goes on there']);
  });

  test('ends when the user has seen enough, and when the run is over', async () => {
    let text = '';
    const terminal = { write: (more: string) => (text += more) };
    writeLock();
    const stop = new AbortController();
    const watching = watchInLog({
      watcher: new Watcher(runDir),
      name: 'x',
      style,
      terminal,
      stop: stop.signal,
    });
    stop.abort();
    expect(await watching).toBe('left');
    expect(text).toBe(`x: starting on ${host}, process ${pid}\n`);
    writeLock({ state: 'released' });
    const { signal } = new AbortController();
    expect(await watchInLog({ watcher: new Watcher(runDir), name: 'x', style, terminal, stop: signal })).toBe(
      'over',
    );
  });
});

describe('a screen', () => {
  class Keys implements Keyboard {
    readonly isTTY = true;
    isRaw = false;
    isPaused = true;
    listeners = new Set<(data: Uint8Array | string) => void>();
    setRawMode(isRaw: boolean): void {
      this.isRaw = isRaw;
    }
    on(_: 'data', listener: (data: Uint8Array | string) => void): void {
      this.listeners.add(listener);
    }
    off(_: 'data', listener: (data: Uint8Array | string) => void): void {
      this.listeners.delete(listener);
    }
    resume(): void {
      this.isPaused = false;
    }
    pause(): void {
      this.isPaused = true;
    }
    press(key: string): void {
      for (const listener of this.listeners) listener(Buffer.from(key));
    }
  }

  test('is drawn in one write, and the terminal is left as it was, once', () => {
    const written: string[] = [];
    const keys = new Keys();
    const pressed: string[] = [];
    const screen = new Screen(
      { write: (text) => written.push(text) },
      keys,
      (key) => pressed.push(key),
      () => {},
    );
    expect(keys).toMatchObject({ isRaw: true, isPaused: false });
    screen.draw(['one', 'two']);
    expect(written).toHaveLength(2);
    expect(written[1]).toBe('\u001b[?2026h\u001b[Hone\u001b[K\r\ntwo\u001b[K\u001b[J\u001b[?2026l');
    keys.press('aq');
    expect(pressed).toEqual(['a', 'q']);
    screen.close();
    screen.close();
    screen.draw(['three']);
    expect(written.slice(2)).toEqual(['\u001b[?25h\u001b[?1049l']);
    expect(keys).toMatchObject({ isRaw: false, isPaused: true });
    expect(keys.listeners.size).toBe(0);
  });

  test.each([
    ['q', (keys: Keys) => keys.press('q')],
    ['Ctrl+C', (keys: Keys) => keys.press('\u0003')],
    ['a signal', (_: Keys, stop: AbortController) => stop.abort()],
  ])('shows the run until %s', async (_, leave) => {
    writeLock();
    writeLive();
    let text = '';
    const keys = new Keys();
    const stop = new AbortController();
    const terminal = { write: (more: string) => (text += more), columns: 80, rows: 24 };
    const watching = watchOnScreen(
      { watcher: new Watcher(runDir), name: 'x', style, terminal, stop: stop.signal },
      keys,
    );
    leave(keys, stop);
    expect(await watching).toBe('left');
    expect(text).toContain('42,000/100,000');
    expect(text.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    expect(keys.isRaw).toBe(false);
  });

  test('is drawn again when the window has another size', async () => {
    writeLock();
    writeLive();
    const written: string[] = [];
    let resize = (): void => {};
    const terminal = {
      ...{ columns: 80, rows: 24, write: (more: string) => written.push(more), off: () => {} },
      on: (_: 'resize', listener: () => void) => {
        resize = listener;
      },
    };
    const stop = new AbortController();
    const watching = watchOnScreen(
      { watcher: new Watcher(runDir), name: 'x', style, terminal, stop: stop.signal },
      new Keys(),
    );
    terminal.columns = 30;
    resize();
    const widest = Math.max(
      ...written
        .at(-1)!
        .split('\r\n')
        .map((line) => line.length),
    );
    expect(widest).toBeLessThan(80);
    stop.abort();
    await watching;
  });

  test('leaves by itself when the run is over', async () => {
    writeLock({ state: 'released' });
    const { signal } = new AbortController();
    const terminal = { write: () => {} };
    const request = { watcher: new Watcher(runDir), name: 'x', style, terminal, stop: signal };
    expect(await watchOnScreen(request, new Keys())).toBe('over');
  });
});
