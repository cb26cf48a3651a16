import { Stack } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { CodeInterpreterBase, ICodeInterpreter } from '../model/code-interpreter-base';
import type { StagingArea } from '../staging/staging-area';
import { StagingBucket } from '../staging/staging-bucket';
import { type CodeInterpreterImportOptions, ImportedCodeInterpreter } from './imported-code-interpreter';
import { formatInterpreterArn } from './interpreter-arn';

const PARAMETER_PREFIX = '/cdk-agentcore-code-interpreter';
const REFERENCE_ID = 'InterpreterReference';

/**
 * Lets constructs of other stacks refer to an interpreter through a parameter of Systems Manager, which they read at each
 * deployment.
 *
 * An export of the stack would pin the interpreter: the service cannot update one, so almost any change replaces it, and
 * CloudFormation refuses to change an export that another stack imports.
 */
export class WeakReference {
  private parameterName?: string;

  constructor(
    private readonly interpreter: CodeInterpreterBase,
    private readonly options: Omit<CodeInterpreterImportOptions, 'staging'>,
  ) {}

  /** The interpreter itself within its stack and the nested ones of it, and a reference elsewhere. */
  from(scope: Construct): ICodeInterpreter {
    const consumer = rootStackOf(scope);
    const producer = rootStackOf(this.interpreter);
    if (consumer === producer) {
      return this.interpreter;
    }
    const existing = scope.node.tryFindChild(REFERENCE_ID);
    if (existing instanceof ImportedCodeInterpreter) {
      return existing;
    }
    consumer.node.addDependency(producer);
    const id = ssm.StringParameter.valueForStringParameter(scope, this.getOrCreateParameter());
    return new ImportedCodeInterpreter(scope, REFERENCE_ID, {
      ...this.options,
      codeInterpreterArn: formatInterpreterArn(scope, id),
      staging: new SharedStaging(this.interpreter.staging),
    });
  }

  private getOrCreateParameter(): string {
    if (this.parameterName === undefined) {
      // No two stacks of an account have one name in a Region.
      this.parameterName = `${PARAMETER_PREFIX}/${rootStackOf(this.interpreter).stackName}/${this.interpreter.node.addr.slice(-8)}`;
      new ssm.StringParameter(this.interpreter, 'IdParameter', {
        parameterName: this.parameterName,
        description: 'The id of a code interpreter, for the stacks that use it',
        stringValue: this.interpreter.codeInterpreterId,
      });
    }
    return this.parameterName;
  }
}

class SharedStaging extends StagingBucket {
  constructor(private readonly area: StagingArea) {
    super();
  }

  public bind(): StagingArea {
    return this.area;
  }
}

/** References among a stack and its nested ones are parameters and outputs, and no exports. */
function rootStackOf(scope: Construct): Stack {
  const stack = Stack.of(scope);
  return stack.nestedStackParent ? rootStackOf(stack.nestedStackParent) : stack;
}
