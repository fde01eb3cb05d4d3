/** How a worker comes to another host: as a local child that carries its standard streams. */
import { shellWord } from './shell-word.js';
import type { SshConnections } from './ssh-connections.js';
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

/** Through the system's own ssh, with the user's keys and configuration, over a connection that others use too. */
export function sshCarrier(host: string, connections: SshConnections): Carrier {
  const connect = connections.place(host);
  return {
    host,
    carry: ({ argv, environment, cwd }) => {
      const { socket, holderPid } = connect();
      const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
      // Words that every shell reads alike: whose shell it is, is the remote user's affair.
      const words = ['exec', 'env', ...variables, ...argv].map(shellWord).join(' ');
      const options = [...sshOptionWords, '-o', `ControlPath=${socket}`, '-o', 'ControlMaster=no'];
      return [
        '/bin/sh',
        ...['-c', whenConnected, 'sh', socket, String(holderPid ?? '')],
        ...['ssh', '-T', ...options, '--', host, `cd ${shellWord(cwd)} && ${words}`],
      ];
    },
  };
}

/** Where there is no connection to share, ssh makes one of its own, or says why it cannot. */
const whenConnected = `socket=$1 holder=$2; shift 2
while [ ! -S "$socket" ] && kill -0 "$holder" 2>/dev/null; do sleep 0.05; done
exec "$@"`;
