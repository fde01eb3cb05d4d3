/** Conservative backfill: what may start on a host that is kept for a large case, because it ends before there is room. */
import type { Amounts, Host } from './hosts.js';
import type { ReadyHeap } from './ready-heap.js';

/** What is known of how long cases take. */
export interface Outlook {
  nowMs(): number;
  /** Time that a case takes; undefined while nothing is known. */
  predictMs(index: number): number | undefined;
  /** Standard deviation of a case's time about that, as part of it; undefined while it is unknown. */
  scatter(): number | undefined;
}

/** A case that could start if there was room, and the host that is kept for it. */
export interface Blocked {
  readonly index: number;
  readonly host: string | undefined;
  /** When there will be room on that host, by the clock of the outlook. */
  readonly startsMs?: number;
}

/** Cases that may start, by kind of need. */
export interface Queues {
  readonly needs: readonly Amounts[];
  readonly heaps: readonly ReadyHeap[];
  /** The case at a place in the order; undefined where it has ended otherwise. */
  caseAt(place: number): number | undefined;
}

/** Standard deviations by which a case may last longer, or end earlier, than is predicted. */
const deviations = 2;

/** Cases of a kind that are looked at: so many from either end of its queue. */
const mostLooks = 512;

/** Takes the first case that there is room for, and that is gone when `host` is needed though it may last longer. */
export function takeBefore(host: Host, need: Amounts, outlook: Outlook, queues: Queues): number | undefined {
  const margin = marginOf(outlook);
  const startsMs = expectedStart(host, need, outlook);
  if (margin === undefined || startsMs === undefined) return undefined;
  const leftMs = startsMs - outlook.nowMs();
  if (leftMs <= 0) return undefined;
  const { needs, heaps, caseAt } = queues;
  const isShort = (place: number): boolean => {
    const index = caseAt(place);
    const expectedMs = index === undefined ? undefined : outlook.predictMs(index);
    return expectedMs !== undefined && expectedMs * margin <= leftMs;
  };
  let best: { readonly kind: number; readonly place: number } | undefined;
  for (let kind = 0; kind < needs.length; kind++) {
    if (heaps[kind]!.length === 0 || !host.hasRoom(needs[kind]!)) continue;
    const place = heaps[kind]!.firstSuiting(isShort, mostLooks);
    if (place !== undefined && place < (best?.place ?? Number.POSITIVE_INFINITY)) best = { kind, place };
  }
  if (!best) return undefined;
  heaps[best.kind]!.remove(best.place);
  return caseAt(best.place);
}

/**
 * When a host has room for what it is kept for, cases being allowed to end early; undefined while nobody can say. Once
 * known, the moment may come nearer and never moves away: what starts here meanwhile and lasts longer than was thought
 * delays the large case once, and not again and again.
 */
export function expectedStart(host: Host, need: Amounts, outlook: Outlook): number | undefined {
  const startsMs = roomFrom(host, need, outlook);
  if (startsMs !== undefined) host.reservedMs = Math.min(startsMs, host.reservedMs ?? startsMs);
  return host.reservedMs;
}

/** How many times as long as predicted a case may take; undefined while nobody can say. */
function marginOf(outlook: Outlook): number | undefined {
  const scatter = outlook.scatter();
  return scatter === undefined ? undefined : 1 + deviations * scatter;
}

function roomFrom(host: Host, need: Amounts, outlook: Outlook): number | undefined {
  const margin = marginOf(outlook);
  if (margin === undefined) return undefined;
  const ends: { readonly freed: Amounts; readonly atMs: number }[] = [];
  for (const [index, { need: freed, startedMs }] of host.occupants) {
    const expectedMs = outlook.predictMs(index);
    if (expectedMs === undefined) return undefined;
    ends.push({ freed, atMs: startedMs + expectedMs / margin });
  }
  const nowMs = outlook.nowMs();
  const room: [number, number, number] = [host.free[0], host.free[1], host.free[2]];
  const fits = (): boolean => room.every((amount, i) => amount >= need[i]!);
  if (fits()) return nowMs;
  for (const { freed, atMs } of ends.sort((a, b) => a.atMs - b.atMs)) {
    freed.forEach((amount, i) => {
      room[i]! += amount;
    });
    if (fits()) return Math.max(nowMs, atMs);
  }
  return undefined;
}
