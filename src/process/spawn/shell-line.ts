/** What shells have of their own, and lines that a shell need not outlive. */

/**
 * Names that a POSIX shell or bash takes for its own: keywords, and commands built in, which may differ from the
 * program of the same name.
 */
const shellsOwn = new Set(
  (
    'if then else elif fi do done case esac while until for in function select time coproc ' +
    '[ . : break continue eval exec exit export readonly return set shift times trap unset ' +
    'alias bg bind builtin caller cd chdir command compgen complete compopt declare dirs disown echo enable false fc ' +
    'fg getopts hash help history jobs kill let local logout mapfile newgrp popd printf print pushd pwd read ' +
    'readarray shopt source suspend test true type typeset ulimit umask unalias wait whence'
  ).split(' '),
);

/** Whether shells take the name for their own and may not start the program of that name. */
export function isShellsOwn(program: string): boolean {
  return shellsOwn.has(program);
}

/** The program prints plain words as every shell does; they differ in options and backslashes. */
export function isPlainEcho([program, ...words]: readonly string[]): boolean {
  return program === 'echo' && words.every((word) => !word.startsWith('-') && !word.includes('\\'));
}

/** Joins two streams: the only `&` that does not end a command. */
const joinedStreams = /[0-9]?>&[0-9]/g;

/** What may end a command, begin another one inside it, or take its meaning from a character. */
const beyondOneCommand = /[;&|()`#!\\\n]|<</;

/**
 * What a shell is given for a line. Of one program, with quotes, variables, patterns or files that only a shell
 * understands, it becomes that program instead of waiting for it: one process less to start and to end.
 */
export function shellText(line: string): string {
  if (beyondOneCommand.test(line.replace(joinedStreams, ''))) return line;
  const program = /^[ \t]*([\w./:@%+,-]+)[ \t]/.exec(line)?.[1];
  return program === undefined || shellsOwn.has(program) ? line : `exec ${line}`;
}

/** True where exported functions of bash may stand behind any name: lines are the shell's then, plain or not. */
export function hasShellFunctions(environment: Readonly<Record<string, string | undefined>>): boolean {
  return Object.keys(environment).some((name) => name.startsWith('BASH_FUNC_'));
}
