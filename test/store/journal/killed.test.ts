import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openJournal } from '../../../src/store/journal/open.js';
import { fingerprint, recordsOf, temporaryFolder } from '../support.js';

/** Appends numbered records without end and says after each commit which number is durable. */
const program = (source: string) => `
import { openJournal } from ${JSON.stringify(source)};
const { journal } = openJournal(process.argv[2], { fingerprint: '${fingerprint}', groupMs: 1, groupBytes: 4096 });
const positions = [];
let durable = -1;
journal.onDurable((position) => {
  while (positions[durable + 1] <= position) durable++;
  process.stdout.write(durable + '\\n');
});
const first = Number(process.argv[3]);
function step() {
  for (let i = 0; i < 50; i++) {
    const record = new Float64Array(1 + (positions.length % 40)).fill(first + positions.length);
    positions.push(journal.append('assign', new Uint8Array(record.buffer)));
  }
  if (journal.backlogBytes < 1e6) setImmediate(step);
  else setTimeout(step, 1);
}
step();
`;

const folder = mkdtempSync(join(tmpdir(), 'shoal-test-'));
const bundle = join(folder, 'append.mjs');

beforeAll(async () => {
  const entry = join(folder, 'entry.mjs');
  writeFileSync(entry, program(resolve('src/store/journal/open.ts')));
  const build = await rolldown({ input: entry, platform: 'node', cwd: resolve('.') });
  await build.write({ file: bundle, format: 'esm', codeSplitting: false });
  await build.close();
});

afterAll(() => rmSync(folder, { recursive: true }));

test('What was reported durable is there after SIGKILL at any moment, and each session goes on behind it', async () => {
  const dir = temporaryFolder();
  let known = 0;
  for (const delayMs of [1, 7, 30, 80]) {
    const child = spawn(process.execPath, [bundle, dir, String(known)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let durable = -1;
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      durable = Number(line);
    });
    await once(lines, 'line');
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    child.kill('SIGKILL');
    await once(child, 'close');

    const { journal, recovery } = openJournal(dir, { fingerprint });
    await journal.close();
    expect(recovery.lost).toEqual([]);
    const numbers = recordsOf(dir).map(({ hex }) => Buffer.from(hex.slice(0, 16), 'hex').readDoubleLE());
    expect(numbers.length).toBeGreaterThan(known + durable);
    expect(numbers).toEqual(numbers.map((_, i) => i));
    known = numbers.length;
  }
});
