import type { Conversation } from './conversation';

/** A conversation that has been idle for so long gives up its session, in milliseconds: sooner than the Runtime ends. */
const IDLE_MS = 10 * 60 * 1000;

/** The conversations of this process, by the id of their Runtime session. */
export class Conversations {
  private readonly known = new Map<string, { readonly conversation: Conversation; idle?: NodeJS.Timeout }>();
  private readonly open = new Set<Conversation>();

  constructor(private readonly create: () => Conversation) {}

  /** Uses a conversation. One without an id is over afterwards. */
  async use<R>(id: string | undefined, work: (conversation: Conversation) => Promise<R>): Promise<R> {
    if (id === undefined) {
      const conversation = this.create();
      this.open.add(conversation);
      try {
        return await work(conversation);
      } finally {
        await conversation.close();
        this.open.delete(conversation);
      }
    }
    const entry = this.known.get(id) ?? { conversation: this.create() };
    this.known.set(id, entry);
    const { conversation } = entry;
    clearTimeout(entry.idle);
    try {
      return await work(conversation);
    } finally {
      clearTimeout(entry.idle);
      entry.idle = setTimeout(() => void this.forget(id, conversation), IDLE_MS).unref();
    }
  }

  /** Ends all sessions. */
  async close(): Promise<void> {
    const all = [...this.open, ...[...this.known.values()].map(({ conversation }) => conversation)];
    await Promise.all(all.map((conversation) => conversation.close()));
  }

  private async forget(id: string, conversation: Conversation): Promise<void> {
    if (!conversation.isBusy) {
      this.known.delete(id);
      await conversation.close();
    }
  }
}
