/** Bytes that a program of this machine prints, for streams to a host. */
import { spawn } from 'node:child_process';
import { EnvironmentError } from '../../errors/environment-error.js';

/** Throws EnvironmentError when the program fails, after what it has printed. */
export async function* outputOf(argv: readonly string[]): AsyncGenerator<Uint8Array> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const code = new Promise<number | string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (status, signal) => resolve(status ?? signal ?? ''));
  });
  try {
    for await (const part of child.stdout) yield part as Uint8Array;
    const end = await code;
    if (end !== 0) throw new EnvironmentError(`${program} failed here (${end}): ${said.trim()}`);
  } finally {
    child.kill('SIGKILL');
  }
}

/** Tells how many bytes have passed. */
export async function* counted(
  parts: AsyncIterable<Uint8Array>,
  onBytes: (total: number) => void,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const part of parts) {
    total += part.length;
    onBytes(total);
    yield part;
  }
}
