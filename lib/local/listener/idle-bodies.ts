import type { IncomingMessage, ServerResponse } from 'node:http';
import { RefusedRequest } from './refused-request';

interface Watched {
  readonly response: ServerResponse;
  bytesRead: number;
  since: number;
}

/**
 * Refuses requests whose bodies have stopped coming. Node.js limits how long a request may take as a whole, which
 * a large upload needs; not how long nothing of it may come.
 */
export class IdleBodies {
  private readonly watched = new Map<IncomingMessage, Watched>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly limitMs: number,
    private readonly refuse: (response: ServerResponse, refusal: RefusedRequest) => void,
  ) {
    this.timer = setInterval(() => this.look(), Math.min(5_000, limitMs / 2));
    this.timer.unref();
  }

  watch(request: IncomingMessage, response: ServerResponse): void {
    this.watched.set(request, { response, bytesRead: request.socket.bytesRead, since: Date.now() });
    request.once('close', () => this.watched.delete(request));
  }

  close(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    for (const [request, watched] of this.watched) {
      const { bytesRead } = request.socket;
      if (request.complete) {
        this.watched.delete(request);
      } else if (bytesRead !== watched.bytesRead) {
        Object.assign(watched, { bytesRead, since: Date.now() });
      } else if (Date.now() - watched.since > this.limitMs) {
        this.watched.delete(request);
        const seconds = Math.ceil(this.limitMs / 1000);
        const refusal = new RefusedRequest('RequestTimeout', `Nothing of the body has come for ${seconds} s`);
        this.refuse(watched.response, refusal);
      }
    }
  }
}
