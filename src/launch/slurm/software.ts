/** Lines of bash that make a site's software usable: its modules, and what its site file adds behind them. */
import { words } from './text.js';

/** Values of templates: `software` is both, for a script under `set -u`; the others are as the site says them. */
export interface SoftwareValues {
  readonly modules: string;
  readonly setup: string;
  readonly software: string;
}

export function softwareValues(modules: readonly string[] = [], setup: string): SoftwareValues {
  const loads = modules.map((name) => `module load ${words(name.split(/\s+/))}`);
  const lines = [...(loads.length === 0 ? [] : [makesModule, ...loads]), ...(setup === '' ? [] : [setup])];
  return {
    modules: loads.join('\n'),
    setup,
    // Functions and files of sites are not ours: many read variables that are not set.
    software: lines.length === 0 ? '' : ['set +u', ...lines, 'set -u'].join('\n'),
  };
}

/** A job that was submitted through ssh may come from no login shell, and then has no `module` yet. */
const makesModule = 'type -t module >/dev/null || source /etc/profile || :';
