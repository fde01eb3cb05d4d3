/** Questions to the user: passphrases, passwords, codes, new keys of hosts. On the terminal, or by SSH_ASKPASS. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { EnvironmentError } from '../errors/environment-error.js';

export interface Asker {
  /** The answer, without its end of line. What is secret does not show while it is typed. */
  ask(question: string, isSecret: boolean): Promise<string>;
}

/** Undefined where there is nobody to ask. */
export function findAsker(environment: NodeJS.ProcessEnv): Asker | undefined {
  const { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: required } = environment;
  if (program && required === 'force')
    return inTurn({ ask: (text) => askProgram(program, text, environment) });
  if (hasTerminal()) return inTurn({ ask: askTerminal });
  if (program && required !== 'never' && environment.DISPLAY) {
    return inTurn({ ask: (text) => askProgram(program, text, environment) });
  }
  return undefined;
}

/** One question at a time, however many hosts have one. */
function inTurn(asker: Asker): Asker {
  return {
    ask: (question, isSecret) => {
      const answer = lastQuestion.then(() => asker.ask(question, isSecret));
      lastQuestion = answer.catch(() => {});
      return answer;
    },
  };
}

let lastQuestion: Promise<unknown> = Promise.resolve();

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r+'));
    return true;
  } catch {
    return false;
  }
}

/** Standard input and output may be files or pipes: the terminal is opened by itself. */
function askTerminal(question: string, isSecret: boolean): Promise<string> {
  const descriptor = openSync('/dev/tty', 'r+');
  const terminal = new ReadStream(descriptor);
  return new Promise<string>((resolve, reject) => {
    let typed = '';
    const finish = (act: () => void) => {
      terminal.setRawMode(false);
      if (isSecret) writeSync(descriptor, '\n');
      terminal.destroy();
      act();
    };
    writeSync(descriptor, question);
    terminal.setRawMode(isSecret);
    terminal.setEncoding('utf8');
    terminal.on('error', (error) => finish(() => reject(error)));
    terminal.on('data', (text: string) => {
      for (const character of text) {
        if (character === '\r' || character === '\n') return finish(() => resolve(typed));
        // In raw mode Ctrl+C and Ctrl+D are characters like others.
        if (character === '\u0003' || character === '\u0004') {
          return finish(() => reject(new EnvironmentError('the question was not answered')));
        }
        typed = character === '\u007f' || character === '\b' ? typed.slice(0, -1) : typed + character;
      }
    });
  });
}

function askProgram(program: string, question: string, environment: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [question], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
    let answer = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    child.on('error', () => reject(new EnvironmentError(`SSH_ASKPASS cannot be started: ${program}`)));
    child.on('close', (code) => {
      if (code === 0) resolve(answer.replace(/\r?\n$/, ''));
      else reject(new EnvironmentError('the question was not answered'));
    });
  });
}
