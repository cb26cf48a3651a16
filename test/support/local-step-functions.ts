import { AwsStandIn, type StandInAnswer, type StandInRequest } from './aws-stand-in';

interface Execution {
  readonly name: string;
  readonly input: string;
  status: 'RUNNING' | 'SUCCEEDED';
}

/** Starting and listing executions, as Step Functions does it: the same start twice is one, while it runs. */
export class LocalStepFunctions {
  readonly executions: Execution[] = [];
  /** An error that starts fail with, while it is set. */
  failure?: { readonly status: number; readonly type: string };
  private readonly standIn = new AwsStandIn((request) => this.answer(request));

  start(): Promise<string> {
    return this.standIn.start();
  }

  stop(): Promise<void> {
    return this.standIn.stop();
  }

  reset(): void {
    this.executions.length = 0;
    this.failure = undefined;
  }

  /** The inputs that executions were started with, by name. */
  get inputs(): Record<string, unknown> {
    return Object.fromEntries(this.executions.map(({ name, input }) => [name, JSON.parse(input)]));
  }

  private answer({ operation, body }: StandInRequest): StandInAnswer {
    if (operation === 'ListExecutions') {
      const found = this.executions.filter(({ status }) => status === body.statusFilter);
      return { body: { executions: found.map((each) => ({ ...each, startDate: 1, executionArn: each.name })) } };
    }
    if (operation !== 'StartExecution') {
      return { status: 400, body: { __type: 'InvalidAction', message: operation } };
    }
    if (this.failure) {
      return { status: this.failure.status, body: { __type: this.failure.type, message: 'as the test wants it' } };
    }
    const { name, input } = body as { name: string; input: string };
    const existing = this.executions.find((each) => each.name === name);
    if (existing && (existing.status !== 'RUNNING' || existing.input !== input)) {
      return { status: 400, body: { __type: 'ExecutionAlreadyExists', message: `${name} exists` } };
    }
    if (!existing) {
      this.executions.push({ name, input, status: 'RUNNING' });
    }
    return { body: { executionArn: name, startDate: 1 } };
  }
}
