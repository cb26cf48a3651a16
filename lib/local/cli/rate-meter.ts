/** How far back the rate looks: it follows a run that gets slower, and does not jump with every item. */
const WINDOW_MS = 20_000;
const SAMPLE_MS = 250;

/** How many items are done in a second, of late. */
export class RateMeter {
  private readonly samples = [{ at: Date.now(), done: 0 }];
  private latest = 0;

  add(done: number): void {
    const now = Date.now();
    this.latest = done;
    if (now - (this.samples.at(-1)?.at ?? 0) >= SAMPLE_MS) {
      this.samples.push({ at: now, done });
    }
    while (this.samples.length > 2 && now - (this.samples[1]?.at ?? now) > WINDOW_MS) {
      this.samples.shift();
    }
  }

  /** Zero until something is done. */
  perSecond(): number {
    const [first] = this.samples;
    return first ? (this.latest - first.done) / Math.max(0.001, (Date.now() - first.at) / 1000) : 0;
  }
}
