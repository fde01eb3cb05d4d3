/** A file's bytes as memory that processes share. */
import koffi from 'koffi';

const libc = process.platform === 'darwin' ? 'libSystem.B.dylib' : 'libc.so.6';

/** The same on Linux and macOS. */
const protReadWrite = 0x1 | 0x2;
const mapShared = 0x1;
const mapFailed = 0xffff_ffff_ffff_ffffn;

/**
 * The first `bytes` of an open file, shared with everyone who maps or reads it, for as long as this process lives: the
 * descriptor may be closed. Throws where the system refuses.
 */
export function mapFile(descriptor: number, bytes: number): ArrayBuffer {
  // void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset);
  const mmap = koffi
    .load(libc)
    .func('void *mmap(void *addr, size_t length, int prot, int flags, int fd, int64_t offset)');
  const address = BigInt(mmap(null, bytes, protReadWrite, mapShared, descriptor, 0) as bigint | number);
  if (address === mapFailed || address === -1n) {
    throw new Error(`mmap of ${bytes} bytes failed with errno ${koffi.errno()}`);
  }
  return koffi.view(address, bytes) as ArrayBuffer;
}
