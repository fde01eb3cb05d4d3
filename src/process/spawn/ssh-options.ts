/** What every ssh of ours is told: ask nobody, and notice within half a minute that a host has fallen silent. */
export const sshOptions = [
  'BatchMode=yes',
  'ConnectTimeout=10',
  'ServerAliveInterval=5',
  'ServerAliveCountMax=3',
] as const;

/** The same as words of a command line. */
export const sshOptionWords: readonly string[] = sshOptions.flatMap((option) => ['-o', option]);
