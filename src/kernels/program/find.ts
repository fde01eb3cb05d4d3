/** Whether this host has a program, so that a rank without it is refused by name and not case by case. */
import { EnvironmentError } from '../../errors/environment-error.js';
import { ProgramFinder } from '../../process/spawn/find-program.js';

/** Throws EnvironmentError for the first that is not there. Names with a slash are taken as they are. */
export function requirePrograms(names: Iterable<string>): void {
  const finder = new ProgramFinder(process.env.PATH);
  for (const name of names) {
    if (finder.find(name, '/') !== undefined) continue;
    throw new EnvironmentError(`there is no program ${name} on this host`, {
      hint: 'Install it on every host that computes, or put its folder on the PATH.',
    });
  }
}
