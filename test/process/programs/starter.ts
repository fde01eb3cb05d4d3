/** Starts workers of several kinds as the runtime does, says so, and waits to be killed. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHousehold } from '../../../src/process/guardian/household.js';
import { spawnWorker } from '../../../src/process/spawn/spawn-worker.js';

const kinds = {
  patient: "process.stdin.resume(); process.stdin.on('end', () => process.exit(0));",
  busy: 'for (;;) {}',
  stubborn: "process.on('SIGTERM', () => {}); process.on('SIGINT', () => {}); for (;;) {}",
  parent:
    "require('node:child_process').spawn('/bin/sh', ['-c', 'while :; do sleep 1; done'], {stdio: 'ignore'}); setInterval(() => {}, 1000);",
} as const;

const household = openHousehold();
const entry = join(tmpdir(), `shoal-worker-${process.pid}.cjs`);
writeFileSync(entry, "process.stdout.write('ready'); eval(process.argv[2]);");
const workers = (process.argv[2] ?? '').split(',').map((kind) =>
  spawnWorker({
    entry,
    args: [kinds[kind as keyof typeof kinds]],
    household,
    onErrorLine: (line) => console.error(line),
  }),
);
let ready = 0;
for (const worker of workers) {
  worker.output.once('data', () => {
    ready += 1;
    if (ready === workers.length) console.log('ready');
  });
}
if (process.argv[3] === 'exit') {
  setInterval(() => {
    if (ready === workers.length) process.exit(0);
  }, 10);
}
