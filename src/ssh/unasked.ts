/** Hosts that ask for a password or a code, where there is nobody to ask. */

const questions = ['keyboard-interactive', 'password'];

export const unasked = 'there is no terminal to ask for a password or a code';

export const unaskedHint =
  'Run it on a terminal, or name a program that answers in SSH_ASKPASS (with SSH_ASKPASS_REQUIRE=force). Workers have no terminal: with SHOAL_SSH=system they share a connection that you keep open (ControlMaster in ~/.ssh/config).';

/** Whether one of the ways in that a host offers is an answer to a question. */
export function takesAnswers(methods: readonly string[]): boolean {
  return methods.some((method) => questions.includes(method));
}

/** Whether there is no other way in. */
export function takesOnlyAnswers(methods: readonly string[]): boolean {
  return methods.length > 0 && methods.every((method) => questions.includes(method));
}
