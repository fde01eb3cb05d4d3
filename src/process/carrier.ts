/** How a worker comes to another host: as a local child that carries its standard streams. */
import { shellWord } from './shell-word.js';
import { sshOptionWords } from './ssh-options.js';

export interface CarriedCommand {
  readonly argv: readonly string[];
  /** Variables that it gets there; nothing else travels. */
  readonly environment: Readonly<Record<string, string>>;
  /** A folder of both hosts. */
  readonly cwd: string;
}

export interface Carrier {
  readonly host: string;
  /** The local program whose standard streams are those of the command there, with its arguments. */
  carry(command: CarriedCommand): readonly [string, ...string[]];
}

/** Exit code of ssh for a connection that could not be made, or was lost. */
export const lostConnectionCode = 255;

/** Through the system's own ssh, with the user's keys and configuration. */
export function sshCarrier(host: string): Carrier {
  return {
    host,
    carry: ({ argv, environment, cwd }) => {
      const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
      // Words that every shell reads alike: whose shell it is, is the remote user's affair.
      const words = ['exec', 'env', ...variables, ...argv].map(shellWord).join(' ');
      return ['ssh', '-T', ...sshOptionWords, '--', host, `cd ${shellWord(cwd)} && ${words}`];
    },
  };
}
