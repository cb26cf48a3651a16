import type { NetworkMode } from '../../contract/service';
import { MANAGED_INTERPRETER_ID } from '../../contract/service';
import { notFound } from './errors';
import type { InterpreterDefinition } from './options';

/** A code interpreter that sessions can be started of. */
export interface Interpreter {
  readonly id: string;
  readonly networkMode: NetworkMode;
  readonly createdAt: Date;
  readonly name: string;
  readonly description?: string;
  readonly executionRoleArn?: string;
  /** As it was given on creation, e.g. with a `vpcConfig`. */
  readonly networkConfiguration: Record<string, unknown>;
  readonly certificates?: unknown;
  readonly filesystemConfigurations?: unknown;
}

/** The interpreters of the emulator's account. */
export class Interpreters {
  readonly #byId = new Map<string, Interpreter>();

  constructor(definitions: readonly InterpreterDefinition[]) {
    this.add({ id: MANAGED_INTERPRETER_ID, networkMode: 'SANDBOX' });
    for (const definition of definitions) {
      this.add(definition);
    }
  }

  add({ id: given, networkMode = 'SANDBOX', executionRoleArn }: InterpreterDefinition): void {
    const id = idOf(given);
    this.put({
      id,
      networkMode,
      createdAt: new Date(),
      name: id.replace(/-[^-]*$/, ''),
      networkConfiguration: { networkMode },
      ...(executionRoleArn === undefined ? {} : { executionRoleArn }),
    });
  }

  put(interpreter: Interpreter): void {
    this.#byId.set(interpreter.id, interpreter);
  }

  /** By id or ARN; throws ResourceNotFoundException. */
  get(identifier: string): Interpreter {
    const found = this.#byId.get(idOf(identifier));
    if (found === undefined) {
      throw notFound(`Code interpreter ${identifier} was not found`);
    }
    return found;
  }

  delete(id: string): void {
    this.#byId.delete(id);
  }

  all(): Interpreter[] {
    return [...this.#byId.values()];
  }
}

/** The id in an ARN, or the id itself. */
function idOf(identifier: string): string {
  return identifier.startsWith('arn:') ? identifier.slice(identifier.lastIndexOf('/') + 1) : identifier;
}
