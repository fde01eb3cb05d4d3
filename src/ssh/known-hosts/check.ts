/** Whether a key that a host shows is the one that we know it by. */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HostSettings } from '../config/settings.js';
import { type KnownKey, keysInFile, knownLine, knownName } from './file.js';

export type KeyVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  /** Another key is known; `place` is `FILE:LINE` of it. */
  | { readonly kind: 'changed'; readonly place: string }
  | { readonly kind: 'revoked'; readonly place: string }
  /** Only the authority that signs the host's keys is known. */
  | { readonly kind: 'certificate'; readonly place: string };

/** The lines that are about this host, the user's own files first. */
export function knownKeys(settings: HostSettings): KnownKey[] {
  return keysUnder(settings, nameOf(settings));
}

export function checkKey(settings: HostSettings, key: Uint8Array): KeyVerdict {
  const verdict = verdictOf(knownKeys(settings), key);
  if (verdict.kind !== 'unknown' || settings.port === 22 || settings.hostKeyAlias) return verdict;
  // A key of the host's usual port counts for its others too, if it is the same.
  const usual = verdictOf(keysUnder(settings, settings.hostName), key);
  return usual.kind === 'known' || usual.kind === 'revoked' ? usual : verdict;
}

export function verdictOf(known: readonly KnownKey[], key: Uint8Array): KeyVerdict {
  const shown = Buffer.from(key).toString('base64');
  const place = ({ file, line }: KnownKey) => `${file}:${line}`;
  const revoked = known.find((entry) => entry.marker === 'revoked' && entry.key === shown);
  if (revoked) return { kind: 'revoked', place: place(revoked) };
  const plain = known.filter((entry) => entry.marker === 'none');
  if (plain.some((entry) => entry.key === shown)) return { kind: 'known' };
  const [other] = [...plain.filter((entry) => entry.type === keyType(key)), ...plain];
  if (other) return { kind: 'changed', place: place(other) };
  const authority = known.find((entry) => entry.marker === 'cert-authority');
  if (authority) return { kind: 'certificate', place: place(authority) };
  return { kind: 'unknown' };
}

/** Adds a key to the user's first file; that file's path, or undefined when the user has none. */
export function rememberKey(settings: HostSettings, key: Uint8Array): string | undefined {
  const [file] = settings.userKnownHosts;
  if (file === undefined || file === '/dev/null') return undefined;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const before = readOr(file, '');
  const line = knownLine(
    nameOf(settings),
    keyType(key),
    Buffer.from(key).toString('base64'),
    settings.isHashingKnownHosts,
  );
  appendFileSync(file, `${before === '' || before.endsWith('\n') ? '' : '\n'}${line}`, { mode: 0o600 });
  return file;
}

/** `SHA256:…`, as ssh shows keys. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type stands at the head of the key: its length in four bytes, then its letters. */
export function keyType(key: Uint8Array): string {
  const bytes = Buffer.from(key);
  return bytes.length < 4 ? '' : bytes.toString('latin1', 4, 4 + bytes.readUInt32BE(0));
}

function nameOf({ hostKeyAlias, hostName, port }: HostSettings): string {
  return hostKeyAlias === undefined ? knownName(hostName, port) : hostKeyAlias.toLowerCase();
}

function keysUnder({ userKnownHosts, globalKnownHosts }: HostSettings, name: string): KnownKey[] {
  return [...userKnownHosts, ...globalKnownHosts].flatMap((file) => keysInFile(readOr(file, ''), file, name));
}

function readOr(file: string, fallback: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return fallback;
  }
}
