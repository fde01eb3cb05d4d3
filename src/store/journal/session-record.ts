import { decode, encode } from '../../codec/msgpack.js';

/** What a session says of itself in the journal, so that each result can be traced to where it was made. */
export type SessionRecord =
  /** The first record of a session. */
  | { readonly event: 'start'; readonly at: string; readonly facts: Readonly<Record<string, unknown>> }
  /** Workers that joined, and the hosts they run on; as often as some join. */
  | {
      readonly event: 'join';
      /** Absent in journals of earlier versions. */
      readonly at?: string;
      readonly hosts: readonly (readonly [worker: number, host: string])[];
    }
  /** A worker ended without a word. */
  | { readonly event: 'lost'; readonly at: string; readonly worker: number; readonly how: string }
  /** What the user was told while it ran. */
  | { readonly event: 'notice'; readonly at: string; readonly message: string }
  | { readonly event: 'end'; readonly at: string; readonly state: 'completed' | 'interrupted' };

/** The payload of a `session` record. */
export function encodeSession(record: SessionRecord): Uint8Array {
  return encode(record);
}

export function decodeSession(bytes: Uint8Array): SessionRecord {
  // Binary values decode to views, and the payload of a record does not outlive the next.
  return decode(bytes.slice()) as SessionRecord;
}
