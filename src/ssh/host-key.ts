/** The decision about a key that a host shows: known ones pass, changed ones never, new ones by the user's word. */
import { HostError } from '../errors/host-error.js';
import type { HostSettings } from './config/settings.js';
import type { ConnectOptions } from './connect.js';
import { checkKey, fingerprint, keyType, rememberKey } from './known-hosts/check.js';

export class HostKey {
  /** Why the key was refused. */
  problem: HostError | undefined;
  readonly #settings: HostSettings;
  readonly #options: ConnectOptions;

  constructor(settings: HostSettings, options: ConnectOptions) {
    this.#settings = settings;
    this.#options = options;
  }

  async check(key: Uint8Array): Promise<boolean> {
    const { name } = this.#settings.target;
    const shown = `${keyType(key)} ${fingerprint(key)}`;
    const verdict = checkKey(this.#settings, key);
    switch (verdict.kind) {
      case 'known':
        return true;
      case 'changed':
        return this.#refuse(
          `the key of ${name} has changed: it shows ${shown}, ${verdict.place} has another`,
          {
            hint: `Somebody may listen in between, or the host was set up anew. Ask who runs it; if the new key is right, remove the line: ssh-keygen -R ${this.#knownAs()} -f ${fileOf(verdict.place)}`,
          },
        );
      case 'revoked':
        return this.#refuse(`the key of ${name}, ${shown}, is revoked by ${verdict.place}`, {
          hint: 'Ask who runs the host for its new key.',
        });
      case 'certificate':
        return this.#refuse(
          `the key of ${name}, ${shown}, is not known, only an authority that signs such keys (${verdict.place})`,
          { hint: "Certificates need the system's ssh: --ssh system, or SHOAL_SSH=system." },
        );
      case 'unknown':
        return this.#meet(key, shown);
      default:
        return verdict satisfies never;
    }
  }

  async #meet(key: Uint8Array, shown: string): Promise<boolean> {
    const { target, hostKeyPolicy, isBatch } = this.#settings;
    const { asker, notice } = this.#options;
    switch (hostKeyPolicy) {
      case 'accept-new':
      case 'accept-all':
        this.#remember(key);
        notice?.(`${target.name} is new here and was accepted by StrictHostKeyChecking: ${shown}`);
        return true;
      case 'ask':
        if (asker && !isBatch) {
          const question = `The host ${target.name} is not known here. Its key is ${shown}.\nIs that right, and shall it be remembered? (yes/no) `;
          const answer = (await asker.ask(question, false)).trim().toLowerCase();
          if (answer === 'yes' || answer === fingerprint(key).toLowerCase()) {
            this.#remember(key);
            return true;
          }
        }
        break;
      case 'refuse':
        break;
      default:
        return hostKeyPolicy satisfies never;
    }
    return this.#refuse(`the key of ${target.name} is not known: ${shown}`, {
      hint: `Compare it with what the host's admins publish, then connect once by hand (ssh ${target.name}) to remember it.`,
    });
  }

  #remember(key: Uint8Array): void {
    try {
      rememberKey(this.#settings, key);
    } catch (error) {
      this.#options.notice?.(`the key could not be remembered: ${(error as Error).message}`);
    }
  }

  #refuse(message: string, options: { hint: string }): false {
    this.problem = new HostError(this.#settings.target.name, 'refused key', message, options);
    return false;
  }

  #knownAs(): string {
    const { hostKeyAlias, hostName, port } = this.#settings;
    if (hostKeyAlias !== undefined) return hostKeyAlias;
    return port === 22 ? hostName : `'[${hostName}]:${port}'`;
  }
}

function fileOf(place: string): string {
  return place.slice(0, place.lastIndexOf(':'));
}
