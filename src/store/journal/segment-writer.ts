import * as fs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { syncFolder } from '../atomic-file.js';
import { segmentName } from './format.js';
import type { Group } from './group-buffer.js';

const open = promisify(fs.open);
const close = promisify(fs.close);
const fdatasync = promisify(fs.fdatasync);
const ftruncate = promisify(fs.ftruncate);

/** Puts groups on disk one after the other; the caller waits for each before the next. */
export class SegmentWriter {
  readonly #dir: string;
  #fd: number | undefined;
  #path = '';

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Durable when it resolves. When it rejects, what had been written of the group has been cut off if possible. */
  async write(group: Group): Promise<void> {
    const isNew = group.offset === 0;
    if (isNew) {
      await this.close();
      this.#path = join(this.#dir, segmentName(group.segment));
      this.#fd = await open(this.#path, 'wx');
    }
    const fd = this.#fd!;
    try {
      await writeAll(
        fd,
        group.pages.map(({ bytes, used }) => bytes.subarray(0, used)),
        group.offset,
      );
      await fdatasync(fd);
      if (isNew) syncFolder(this.#dir);
    } catch (error) {
      await ftruncate(fd, group.offset).catch(() => undefined);
      if (isNew) fs.rmSync(this.#path, { force: true });
      throw error;
    }
  }

  async close(): Promise<void> {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) await close(fd);
  }
}

/** A full disk may take a part of a write first and say so at the next, so every write is looked at. */
async function writeAll(fd: number, buffers: Uint8Array[], position: number): Promise<void> {
  let rest = buffers.filter((buffer) => buffer.byteLength > 0);
  let at = position;
  while (rest.length > 0) {
    const batch = rest.slice(0, buffersPerCall);
    const written = await writev(fd, batch, at);
    at += written;
    rest = behind(rest, written);
  }
}

/** IOV_MAX is 1024 on Linux. */
const buffersPerCall = 512;

function writev(fd: number, buffers: Uint8Array[], position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.writev(fd, buffers, position, (error, written) => (error ? reject(error) : resolve(written)));
  });
}

function behind(buffers: Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes;
  let i = 0;
  while (i < buffers.length && skip >= buffers[i]!.byteLength) {
    skip -= buffers[i]!.byteLength;
    i++;
  }
  const rest = buffers.slice(i);
  if (skip > 0) rest[0] = rest[0]!.subarray(skip);
  return rest;
}
