/** Why a command could not be started, on its way from the holder of a connection to who wanted it. */
import { EnvironmentError } from '../../errors/environment-error.js';
import { HostError, type HostFault } from '../../errors/host-error.js';
import { InputError } from '../../errors/input-error.js';

interface Told {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly fault?: HostFault;
}

export function encodeFault(error: unknown): Buffer {
  return Buffer.from(JSON.stringify(told(error)));
}

export function decodeFault(host: string, text: Buffer): EnvironmentError {
  const { message, hint, fault } = JSON.parse(text.toString()) as Told;
  const options = hint === undefined ? {} : { hint };
  return fault ? new HostError(host, fault, message, options) : new EnvironmentError(message, options);
}

function told(error: unknown): Told {
  if (error instanceof HostError) return { message: error.message, hint: error.hint, fault: error.fault };
  if (error instanceof EnvironmentError) return { message: error.message, hint: error.hint };
  if (error instanceof InputError) return { message: error.describe() };
  return { message: String(error) };
}
