import { ListExecutionsCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { BatchRequest } from '../../contract/batch';
import { nameOf } from '../named-error';

/** The executions of one state machine. */
export class Executions {
  constructor(
    private readonly stateMachineArn: string,
    private readonly client: SFNClient = new SFNClient({}),
  ) {}

  /**
   * Starts an execution unless there is one of this name: false if there is. Step Functions keeps names for 90 days
   * after an execution has ended.
   */
  async start(name: string, request: BatchRequest): Promise<boolean> {
    try {
      await this.client.send(
        new StartExecutionCommand({
          stateMachineArn: this.stateMachineArn,
          name,
          input: JSON.stringify(request),
        }),
      );
      return true;
    } catch (error) {
      if (nameOf(error) === 'ExecutionAlreadyExists') {
        return false;
      }
      throw error;
    }
  }

  /** The name of an execution that runs; nothing if none does. The list may lag behind a start by seconds. */
  async running(): Promise<string | undefined> {
    const { executions } = await this.client.send(
      new ListExecutionsCommand({ stateMachineArn: this.stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 }),
    );
    return executions?.[0]?.name;
  }
}
