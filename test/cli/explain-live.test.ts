/** What `explain` says of cases that wait, while a run goes on and once it was stopped. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, processesMarked } from '../process/marked.js';
import { program, shoal } from '../program.js';
import { startShoal } from './program.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shoal-explain-live-')));
const study = join(folder, 'study.yaml');

beforeAll(() => {
  program();
  writeFileSync(
    join(folder, 'kernel.mjs'),
    `const pause = new Int32Array(new SharedArrayBuffer(4));
export const kernel = { name: 'slow', version: '1', inputs: [{ name: 'x' }], outputs: [{ name: 'y' }],
  run({ x }) { Atomics.wait(pause, 0, 0, 3_600_000); return { y: x }; } };
`,
  );
  writeFileSync(
    study,
    `name: chain
kernel: ./kernel.mjs
tasks: { id: name, depends_on: after }
cases:
  - { name: first, after: '', x: 1 }
  - { name: second, after: first, x: 2 }
`,
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a case waits for another by name, which is in flight at a worker; nothing of both is lost by a stop', async () => {
  const explain = (index: number): string =>
    shoal(['explain', join(folder, 'runs/chain'), String(index)], { cwd: folder }).stdout;
  const session = startShoal(folder, ['run', study, '--ranks', '2', '--quiet']);
  try {
    expect(await eventually(() => explain(0).includes('in flight at worker'))).toBe(true);
    expect(explain(1)).toMatch(/waits for 'first' \(case 0\), which is in flight at worker \d+ on \S+ for /);
    expect(explain(1)).toContain('watch');
    session.child.kill('SIGINT');
    expect((await session.ended).code).toBe(130);
    expect(explain(1)).toContain("waits for 'first' (case 0), which is not back from a worker");
    expect(explain(1)).toContain('no session runs');
  } finally {
    for (const pid of processesMarked(session.mark)) process.kill(pid, 'SIGKILL');
  }
});
