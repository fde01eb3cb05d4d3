/** What users name hosts by: `[user@]host[:port]`, or `ssh://[user@]host[:port]`. */
import { InputError } from '../errors/input-error.js';

export interface Target {
  /** As the user wrote it. */
  readonly name: string;
  readonly user: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
}

/** Names must not begin with a dash: they would be an option of the system's ssh. */
const form =
  /^(?:ssh:\/\/)?(?:([^@\s/-][^@\s/]*)@)?(?:\[([0-9A-Fa-f:.]+)\]|([^-\s/@:[\]][^\s/@:[\]]*))(?::(\d{1,5}))?\/?$/;

export function parseTarget(name: string): Target {
  const found = form.exec(name);
  const port = found?.[4];
  if (!found || (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535))) {
    throw new InputError('Not the name of a host', {
      expected: '[user@]host[:port]',
      given: JSON.stringify(name),
    });
  }
  return { name, user: found[1], host: found[2] ?? found[3] ?? '', port };
}
