/** The workers of a run, and guests beside them: processes that come late over a Unix socket, and leave when they like. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Teams } from '../../coordinator/state.js';
import type { ProcessIdentity } from '../../process/identity.js';
import { temporaryFolder } from '../../process/temporary.js';
import type { CoordinatorLinks, LinkHandlers } from '../links/transport.js';
import { FrameReader, framed } from '../local/frames.js';
import { invitationFile, writeInvitation } from './invitation.js';

/** Guests have numbers from here: below are the workers of the run and those that replace them. */
const firstGuest = 1_000_000;

/** Time to say the word. */
const patienceMs = 5_000;

/** A Unix socket's path has 108 bytes at most, on some systems 104. */
const longestPath = 100;

/** `links`, with guests whom the file of the run directory invites; `supervisor` starts the run again when it breaks off. */
export function withGuests(
  links: CoordinatorLinks,
  runDir: string,
  supervisor?: ProcessIdentity,
): CoordinatorLinks {
  return new GuestLinks(links, runDir, supervisor);
}

class GuestLinks implements CoordinatorLinks {
  readonly kind: CoordinatorLinks['kind'];
  readonly isFragile: boolean;
  readonly workers: readonly number[];
  readonly teams?: Teams;
  readonly #links: CoordinatorLinks;
  readonly #runDir: string;
  readonly #supervisor: ProcessIdentity | undefined;
  readonly #guests = new Map<number, Socket>();
  readonly #token = randomBytes(32).toString('hex');
  #folder: string | undefined;
  #server: Server | undefined;
  #nextGuest = firstGuest;

  constructor(links: CoordinatorLinks, runDir: string, supervisor: ProcessIdentity | undefined) {
    this.#links = links;
    this.#runDir = runDir;
    this.#supervisor = supervisor;
    this.kind = links.kind;
    if (links.teams) this.teams = links.teams;
    this.isFragile = links.isFragile;
    this.workers = links.workers;
  }

  start(handlers: LinkHandlers): void {
    this.#links.start(handlers);
    this.#open(handlers);
  }

  send(worker: number, bytes: Uint8Array): void {
    if (worker < firstGuest) this.#links.send(worker, bytes);
    else this.#guests.get(worker)?.write(framed(bytes));
  }

  /** Guests get their welcome when they come. */
  broadcast(bytes: Uint8Array): Promise<void> {
    return this.#links.broadcast(bytes);
  }

  replace(worker: number): number | undefined {
    return worker < firstGuest ? this.#links.replace(worker) : undefined;
  }

  async close(): Promise<void> {
    this.#closeDoor();
    for (const guest of this.#guests.values()) guest.end();
    await this.#links.close();
    for (const guest of this.#guests.values()) guest.destroy();
  }

  abort(): void {
    this.#closeDoor();
    // A worker without its coordinator ends.
    for (const guest of this.#guests.values()) guest.destroy();
    this.#links.abort();
  }

  /** Where no socket can be made the run goes on without guests, and `join` says that it takes none. */
  #open(handlers: LinkHandlers): void {
    const bases = [tmpdir(), '/tmp'];
    for (const base of bases) {
      try {
        const folder = temporaryFolder('join', base);
        const socket = join(folder, 's');
        if (Buffer.byteLength(socket) > longestPath) {
          rmSync(folder, { recursive: true, force: true });
          continue;
        }
        this.#folder = folder;
        this.#server = createServer((guest) => this.#onKnock(guest, handlers));
        this.#server.on('error', () => this.#closeDoor());
        this.#server.listen(socket, () => this.#invite(socket));
        this.#server.unref();
        return;
      } catch {
        // The next base, or none.
      }
    }
  }

  #invite(socket: string): void {
    try {
      const supervisor = this.#supervisor;
      writeInvitation(this.#runDir, { socket, token: this.#token, ...(supervisor && { supervisor }) });
    } catch {
      this.#closeDoor();
    }
  }

  #closeDoor(): void {
    this.#server?.close();
    this.#server = undefined;
    if (this.#folder === undefined) return;
    rmSync(this.#folder, { recursive: true, force: true });
    rmSync(invitationFile(this.#runDir), { force: true });
    this.#folder = undefined;
  }

  #onKnock(guest: Socket, handlers: LinkHandlers): void {
    let worker: number | undefined;
    guest.setTimeout(patienceMs, () => guest.destroy());
    guest.on('error', () => guest.destroy());
    const reader = new FrameReader((bytes) => {
      if (worker !== undefined) {
        handlers.onMessage(worker, bytes);
      } else if (this.#server && isSame(new TextDecoder().decode(bytes), this.#token)) {
        guest.setTimeout(0);
        worker = this.#nextGuest++;
        this.#guests.set(worker, guest);
        handlers.onGuest?.(worker);
        guest.write(framed(new TextEncoder().encode(String(worker))));
      } else {
        guest.destroy();
      }
    });
    guest.on('data', (piece: Uint8Array) => {
      try {
        reader.push(piece);
        if (worker !== undefined) handlers.onDrained();
      } catch {
        // What does not speak our frames is shown the door; the run does not depend on it.
        guest.destroy();
      }
    });
    guest.on('close', () => {
      if (worker === undefined) return;
      this.#guests.delete(worker);
      handlers.onLost(worker, { how: 'ended without a word' });
    });
  }
}

/** Takes the same time wherever the two differ. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a as Buffer, b as Buffer);
}
