/** The reason in the cause of a failed state. Of an error of a Lambda, the cause is JSON with the message in it. */
export function causeOf(cause: string | null | undefined): string | undefined {
  try {
    const { errorMessage } = JSON.parse(cause ?? '') as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : (cause ?? undefined);
  } catch {
    return cause || undefined;
  }
}
