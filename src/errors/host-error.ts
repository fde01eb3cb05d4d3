import { EnvironmentError } from './environment-error.js';

/** What can be wrong between us and a host. Only `lost` may pass by itself. */
export type HostFault = 'unreachable' | 'lost' | 'refused key' | 'not authenticated' | 'unusable';

/** A host that cannot be reached or used, and what the user can do about it. Exit code 2. */
export class HostError extends EnvironmentError {
  readonly host: string;
  readonly fault: HostFault;

  constructor(
    host: string,
    fault: HostFault,
    message: string,
    options: { cause?: unknown; hint?: string } = {},
  ) {
    super(message, options);
    this.name = 'HostError';
    this.host = host;
    this.fault = fault;
  }
}
