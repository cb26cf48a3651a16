/** The time that a call has: Lambda's limit, less what is needed to put things in order. */
export class Deadline {
  private constructor(private readonly endsAtMs: number) {}

  static of(context: { getRemainingTimeInMillis(): number }, reserveSeconds: number): Deadline {
    return new Deadline(Date.now() + context.getRemainingTimeInMillis() - reserveSeconds * 1000);
  }

  static inSeconds(seconds: number): Deadline {
    return new Deadline(Date.now() + seconds * 1000);
  }

  /** Aborts at the deadline. */
  get signal(): AbortSignal {
    return AbortSignal.timeout(Math.ceil(this.secondsLeft * 1000));
  }

  get secondsLeft(): number {
    return Math.max(0, (this.endsAtMs - Date.now()) / 1000);
  }
}
