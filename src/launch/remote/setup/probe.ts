/** What a host has that a set-up needs to know, asked in one command. */
import { HostError } from '../../../errors/host-error.js';
import { type SshHost, unusable } from '../ssh-host.js';

export interface HostFacts {
  readonly home: string;
  /** As `uname -s` and `-m` have them. */
  readonly system: string;
  readonly machine: string;
  /** Version of glibc; undefined where it is another library. */
  readonly glibc: string | undefined;
  /** Nodes that were found, those of the user's PATH first; their versions without the `v`. */
  readonly nodes: readonly { readonly path: string; readonly version: string }[];
  /** Versions of shoal that are set up: names of their folders. */
  readonly installed: readonly string[];
  /** Free bytes where they lie. */
  readonly freeBytes: number;
}

/** Where versions lie, below the user's home. */
export const shareFolder = '.local/share/shoal';

/** Non-interactive shells often lack what a login sets up: modules, Node in the home folder. */
const script = `d="$HOME/${shareFolder}"
printf 'home %s\\n' "$HOME"
printf 'system %s\\n' "$(uname -s)"
printf 'machine %s\\n' "$(uname -m)"
printf 'glibc %s\\n' "$(getconf GNU_LIBC_VERSION 2>/dev/null | sed 's/^glibc //')"
f="$HOME"; [ -d "$d" ] && f="$d"
printf 'free %s\\n' "$(df -Pk "$f" | awk 'NR==2 {print $4}')"
for n in "$(command -v node)" "$("\${SHELL:-/bin/sh}" -lc 'command -v node' 2>/dev/null | tail -n 1)" "$d"/node-*/bin/node; do
  [ -x "$n" ] && v=$("$n" -p process.versions.node 2>/dev/null) && printf 'node %s %s\\n' "$v" "$n"
done
for p in "$d"/*/package.json; do [ -e "$p" ] && printf 'installed %s\\n' "$(basename "$(dirname "$p")")"; done
for p in tar gzip; do command -v $p >/dev/null || printf 'lacks %s\\n' $p; done
:`;

export async function probeHost(host: SshHost): Promise<HostFacts> {
  const { code, stdout, stderr } = await host.stream(script);
  if (code !== 0) throw unusable(host.name, 'does not answer questions of a POSIX shell', stderr);
  const lines = stdout
    .toString()
    .split('\n')
    .map((line) => /^(\w+) (.*)$/.exec(line));
  const all = (key: string) => lines.flatMap((found) => (found?.[1] === key ? [found[2] as string] : []));
  const one = (key: string) => all(key)[0] ?? '';
  const lacks = all('lacks');
  if (lacks.length > 0) {
    throw new HostError(host.name, 'unusable', `${host.name} has no program ${lacks.join(' and no ')}`);
  }
  const nodes = new Map(
    all('node').map((text) => {
      const [version = '', ...path] = text.split(' ');
      return [path.join(' '), version];
    }),
  );
  return {
    ...{ home: one('home'), system: one('system'), machine: one('machine') },
    glibc: one('glibc') || undefined,
    nodes: [...nodes].map(([path, version]) => ({ path, version })),
    installed: all('installed'),
    freeBytes: 1024 * Number(one('free')),
  };
}

/** The first one that is new enough for us. */
export function usableNode({ nodes }: HostFacts): string | undefined {
  return nodes.find(({ version }) => isAtLeast(version, leastNode))?.path;
}

/** `engines` of our package. */
export const leastNode = '20.19.0';

export function isAtLeast(version: string, least: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [i, part] of least.split('.').map(Number).entries()) {
    const own = parts[i] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
