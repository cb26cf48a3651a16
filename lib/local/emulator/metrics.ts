import type { EmulatorEventBody } from './events';
import type { SessionView } from './session';

/** Counts what happens, and writes it in Prometheus' text format. */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #milliseconds = new Map<string, { count: number; sum: number }>();
  readonly #ended = new Map<string, number>();
  #started = 0;

  count(body: EmulatorEventBody): void {
    if (body.type === 'request') {
      const { operation, status, milliseconds } = body;
      add(this.#requests, `operation="${operation}",status="${status}"`);
      const timing = this.#milliseconds.get(operation) ?? { count: 0, sum: 0 };
      this.#milliseconds.set(operation, { count: timing.count + 1, sum: timing.sum + milliseconds });
    } else if (body.type === 'sessionStarted') {
      this.#started += 1;
    } else if (body.type === 'sessionEnded') {
      add(this.#ended, `cause="${body.cause}"`);
    }
  }

  text(sessions: readonly SessionView[]): string {
    const ready = sessions.filter(({ status }) => status === 'READY').length;
    const seconds = [...this.#milliseconds].flatMap(([operation, { count, sum }]) => [
      `agentcore_local_request_seconds_sum{operation="${operation}"} ${(sum / 1_000).toFixed(6)}`,
      `agentcore_local_request_seconds_count{operation="${operation}"} ${count}`,
    ]);
    return [
      ...head('agentcore_local_requests_total', 'counter', 'Requests, by operation and HTTP status.'),
      ...labelled('agentcore_local_requests_total', this.#requests),
      ...head('agentcore_local_request_seconds', 'summary', 'How long requests took.'),
      ...seconds,
      ...head('agentcore_local_sessions', 'gauge', 'Sessions that are READY.'),
      `agentcore_local_sessions ${ready}`,
      ...head('agentcore_local_sessions_started_total', 'counter', 'Sessions started.'),
      `agentcore_local_sessions_started_total ${this.#started}`,
      ...head('agentcore_local_sessions_ended_total', 'counter', 'Sessions ended, by cause.'),
      ...labelled('agentcore_local_sessions_ended_total', this.#ended),
      ...head('agentcore_local_resident_memory_bytes', 'gauge', "The emulator's own resident memory."),
      `agentcore_local_resident_memory_bytes ${process.memoryUsage.rss()}`,
      '',
    ].join('\n');
  }
}

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function labelled(name: string, counts: Map<string, number>): string[] {
  return [...counts].map(([labels, count]) => `${name}{${labels}} ${count}`);
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
