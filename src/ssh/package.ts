/** The home of ssh2, loaded when a host is first spoken to: most runs never do. */
export type Ssh2 = typeof import('ssh2');

let loaded: Promise<Ssh2> | undefined;

export function loadSsh2(): Promise<Ssh2> {
  // The package is CommonJS: its parts stand in the default export.
  loaded ??= import('ssh2').then((module) => (module as unknown as { default: Ssh2 }).default);
  return loaded;
}
