/**
 * Runs `action`, in which a user's code may call process.exit: this process would end without a word. The call throws
 * `refusal(code)` instead.
 */
export async function withoutExit<T>(refusal: (code: string) => Error, action: () => Promise<T>): Promise<T> {
  const { exit } = process;
  process.exit = (code) => {
    throw refusal(String(code ?? process.exitCode ?? 0));
  };
  try {
    return await action();
  } finally {
    process.exit = exit;
  }
}
