/** Files of known hosts: which keys a host may show. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { matchesList } from '../config/pattern.js';

export interface KnownKey {
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  readonly type: string;
  /** The key's blob in base64. */
  readonly key: string;
  readonly file: string;
  readonly line: number;
}

/** The lines of a file that are about a host. Lines that are none are passed over, as ssh does. */
export function keysInFile(text: string, file: string, name: string): KnownKey[] {
  return text.split('\n').flatMap((raw, index) => {
    const words = raw.trim().split(/[ \t]+/);
    if (words[0] === '' || words[0]?.startsWith('#')) return [];
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
    const [hosts, type, key] = words;
    if (hosts === undefined || type === undefined || !key || !/^[A-Za-z0-9+/]+=*$/.test(key)) return [];
    if (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority') return [];
    if (!isAbout(hosts, name)) return [];
    const known = { '@revoked': 'revoked', '@cert-authority': 'cert-authority' } as const;
    return [{ marker: marker ? known[marker] : 'none', type, key, file, line: index + 1 }];
  });
}

/** Name of a host as these files have it. */
export function knownName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** A line for a key that is accepted; the name is hashed where the user's configuration wants it so. */
export function knownLine(name: string, type: string, key: string, isHashed: boolean): string {
  const salt = randomBytes(20);
  const shown = isHashed ? `|1|${salt.toString('base64')}|${hashed(name, salt).toString('base64')}` : name;
  return `${shown} ${type} ${key}\n`;
}

function isAbout(hosts: string, name: string): boolean {
  if (!hosts.startsWith('|')) return matchesList(name, hosts.toLowerCase().split(','));
  const [, version, salt = '', hash = ''] = hosts.split('|');
  if (version !== '1') return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = hashed(name, Buffer.from(salt, 'base64'));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function hashed(name: string, salt: Buffer): Buffer {
  return createHmac('sha1', salt).update(name).digest();
}
