/** This process made what its case may use: bound to its cores, with its variables. */
import { bindToCores } from '../../ffi/set-affinity.js';
import { allowedCores } from '../../process/node/affinity.js';
import type { Adapt } from '../../worker/grants.js';

/** Begins with what the process has now, which a case without cores or variables of its own gets back. */
export function adapterOf(): Adapt {
  const home = allowedCores();
  let bound = String(home);
  let isRefused = false;
  let before: readonly (readonly [name: string, value: string | undefined])[] = [];

  const bind = (cores: readonly number[]): void => {
    if (isRefused || String(cores) === bound) return;
    try {
      bindToCores(cores);
      bound = String(cores);
    } catch (error) {
      // It costs speed at most, and would be the same for every case.
      isRefused = true;
      process.stderr.write(`cases are not bound to their cores: ${(error as Error).message}\n`);
    }
  };

  return ({ cores = home, environment }) => {
    for (const [name, value] of before) setVariable(name, value);
    before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
    for (const [name, value] of Object.entries(environment)) setVariable(name, value);
    bind(cores);
  };
}

function setVariable(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
