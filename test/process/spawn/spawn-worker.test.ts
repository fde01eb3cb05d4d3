import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Household, openHousehold } from '../../../src/process/guardian/household.js';
import { spawnWorker, type WorkerProcess } from '../../../src/process/spawn/spawn-worker.js';

let folder: string;
let household: Household;
const errorLines: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-spawn-'));
  household = openHousehold();
});

afterAll(async () => {
  household.close();
  await rm(folder, { recursive: true });
});

function start(program: string, environment: Record<string, string> = {}): WorkerProcess {
  const entry = join(folder, 'entry.cjs');
  writeFileSync(entry, program);
  errorLines.length = 0;
  return spawnWorker({
    entry,
    args: ['an argument'],
    household,
    environment,
    onErrorLine: (line) => errorLines.push(line),
  });
}

async function read(worker: WorkerProcess): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of worker.output) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

test('bytes of every value go through a worker and back unchanged', async () => {
  const worker = start('process.stdin.pipe(process.stdout);');
  const sent = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7) % 256));
  worker.input.end(sent);
  expect(Buffer.compare(await read(worker), sent)).toBe(0);
  expect(await worker.ended).toEqual({ code: 0, signal: null });
});

test('the arguments arrive, and standard error comes line by line', async () => {
  const worker = start(
    'console.error(process.argv[2]); process.stderr.write("two\\nthree"); process.exit(3);',
  );
  expect(await worker.ended).toEqual({ code: 3, signal: null });
  expect(errorLines).toEqual(['an argument', 'two', 'three']);
});

test('a worker does not take itself for a rank of the job its starter belongs to', async () => {
  vi.stubEnv('OMPI_COMM_WORLD_SIZE', '4');
  vi.stubEnv('PMI_RANK', '2');
  const worker = start('process.stdout.write(Object.keys(process.env).join());', { SHOAL_EXTRA: '1' });
  const names = (await read(worker)).toString().split(',');
  vi.unstubAllEnvs();
  expect(names).toContain('SHOAL_EXTRA');
  expect(names).not.toContain('OMPI_COMM_WORLD_SIZE');
  expect(names).not.toContain('PMI_RANK');
});

test('a worker that listens to SIGTERM is killed after the grace', async () => {
  const said: string[][] = [];
  // On a busy machine it may take longer until it has heard the signal.
  for (let graceMs = 300; graceMs < 30_000 && !said.some(({ length }) => length > 0); graceMs *= 4) {
    const worker = start(
      'process.on("SIGTERM", () => console.error("term")); process.stdout.write("r"); setInterval(() => {}, 1e6);',
    );
    await new Promise((resolve) => worker.output.once('data', resolve));
    worker.kill(graceMs);
    expect(await worker.ended).toEqual({ code: null, signal: 'SIGKILL' });
    said.push([...errorLines]);
  }
  expect(said.at(-1)).toEqual(['term']);
});

test('a worker killed without grace is gone at once', async () => {
  const worker = start('for (;;) {}');
  worker.kill();
  expect(await worker.ended).toEqual({ code: null, signal: 'SIGKILL' });
});
