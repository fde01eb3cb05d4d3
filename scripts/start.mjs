/** `npm start`: from a fresh clone to the first example, over 4 ranks. Run again, it shows the finished run. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, 'dist', 'main.js');

if (!existsSync(join(root, 'node_modules', '.package-lock.json')))
  need('npm', ['ci', '--no-audit', '--no-fund']);
need(process.execPath, [join(root, 'scripts', 'build.mjs'), '--if-stale']);

const launcher = ['mpirun', 'mpiexec'].some(onPath) ? 'mpirun' : 'local';
if (launcher === 'local') console.error('shoal: no mpirun here: 4 local processes run the study instead');
const study = join('examples', '01-tem1d', 'study.yaml');
process.exitCode = call(process.execPath, [main, 'run', study, '--ranks', '4', '--launcher', launcher]);

function call(command, args) {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (done.error) throw done.error;
  return done.status ?? 130;
}

function need(command, args) {
  const status = call(command, args);
  if (status !== 0) process.exit(status);
}

function onPath(command) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}
