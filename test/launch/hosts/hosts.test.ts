import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors/input-error.js';
import { parseHosts, placesOn, slotCount } from '../../../src/launch/hosts/hosts.js';
import { networkOf, subnetTowards } from '../../../src/launch/hosts/subnet.js';
import { sshCarrier } from '../../../src/process/spawn/carrier.js';
import { SshConnections } from '../../../src/process/spawn/ssh-connections.js';

describe('a list of hosts', () => {
  test.each([
    ['n1', [{ name: 'n1', slots: 1 }]],
    ['n1:4', [{ name: 'n1', slots: 4 }]],
    [
      'n1, me@n2.site.org:16',
      [
        { name: 'n1', slots: 1 },
        { name: 'me@n2.site.org', slots: 16 },
      ],
    ],
  ])('%s is read', (text, hosts) => {
    expect(parseHosts(text)).toEqual(hosts);
  });

  test.each(['', 'n1,', 'n1:0', 'n1:-1', 'n1:two', '-oProxyCommand=x', 'n1;ls', 'n1 n2', 'a@b@c', 'n1,n1:2'])(
    '%j is refused',
    (text) => {
      expect(() => parseHosts(text)).toThrow(InputError);
    },
  );

  test('has a place for each process, fills slots before it goes round again, and keeps hosts together', () => {
    const hosts = parseHosts('n1:2,n2');
    expect(placesOn(hosts, 2)).toEqual(['n1', 'n1']);
    expect(placesOn(hosts, 5)).toEqual(['n1', 'n1', 'n1', 'n1', 'n2']);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), fc.nat(60), (slots, count) => {
        const list = slots.map((n, i) => ({ name: `n${i}`, slots: n }));
        const places = placesOn(list, count);
        expect(places).toHaveLength(count);
        const rounds = count / slotCount(list);
        for (const { name, slots: n } of list) {
          const here = places.filter((place) => place === name).length;
          expect(here).toBeGreaterThanOrEqual(n * Math.floor(rounds));
          expect(here).toBeLessThanOrEqual(n * Math.ceil(rounds));
        }
      }),
    );
  });
});

test.each([
  ['10.77.0.11/24', '10.77.0.0/24'],
  ['172.16.45.200/12', '172.16.0.0/12'],
  ['192.168.1.77/32', '192.168.1.77/32'],
  ['223.255.255.255/30', '223.255.255.252/30'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('the network towards this machine itself, or towards no host, is none that others have', async () => {
  expect(await subnetTowards('127.0.0.1')).toBeUndefined();
  expect(await subnetTowards('no.such.host.invalid')).toBeUndefined();
});

test('a worker is carried by ssh, which asks nobody, with its words quoted for any shell', () => {
  const argv = ['/usr/bin/node', 'main.js', 'worker-stdio', '{"worker":0}'];
  const connections = new SshConnections();
  const carrier = sshCarrier('me@shoal.invalid', connections);
  connections.close();
  const command = carrier.carry({ argv, environment: { A: "it's" }, cwd: '/my studies' });
  const ssh = command.slice(command.indexOf('ssh'));
  expect(ssh.slice(0, 2)).toEqual(['ssh', '-T']);
  expect(ssh).toContain('BatchMode=yes');
  expect(ssh.slice(-3)).toEqual([
    ...['--', 'me@shoal.invalid'],
    `cd '/my studies' && exec env 'A=it'\\''s' /usr/bin/node main.js worker-stdio '{"worker":0}'`,
  ]);
});
