/** The network over which this machine reaches a host. */
import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';

/**
 * Its address as `10.0.0.0/24`, or undefined where the host is not in a network of this machine's own. MPI libraries
 * would otherwise try every network of a host, such as those of containers, whose addresses are the same everywhere.
 */
export async function subnetTowards(host: string): Promise<string | undefined> {
  const local = await addressTowards(host);
  const own = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ address, family, internal }) => address === local && family === 'IPv4' && !internal);
  return own?.cidr ? networkOf(own.cidr) : undefined;
}

/** `10.0.0.11/24` → `10.0.0.0/24`. */
export function networkOf(cidr: string): string {
  const [address = '', length = '32'] = cidr.split('/');
  const bits = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(bits / size) * size;
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${parts.join('.')}/${length}`;
}

/** Connecting a datagram socket sends nothing: the system only chooses the way. */
function addressTowards(host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const end = (address: string | undefined): void => {
      socket.close();
      resolve(address);
    };
    socket.on('error', () => end(undefined));
    socket.connect(9, host, () => end(socket.address().address));
  });
}
