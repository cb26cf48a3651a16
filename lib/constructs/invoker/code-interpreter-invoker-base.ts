import { type IResource, Resource, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { INVOKER_PREFIX } from '../../contract/layout';
import type { StagingArea } from '../staging/staging-area';
import type { StagingBucket } from '../staging/staging-bucket';

/** An invoker: one of this app, or an imported one (`CodeInterpreterInvoker.fromCodeInterpreterInvokerAttributes`). */
export interface ICodeInterpreterInvoker extends IResource {
  /** The Lambda. */
  readonly handler: lambda.IFunction;
  /** The bucket of files that are too large for a request or a response. */
  readonly staging: StagingArea;
  /** Grants permission to call the invoker, and so to run code in the interpreter's sessions. */
  grantInvoke(grantee: iam.IGrantable): iam.Grant;
  /** Grants permission to read and write the files of calls, under `invoker/`. */
  grantReadWriteFiles(grantee: iam.IGrantable): iam.Grant;
}

/** Common base of created and imported invokers. */
export abstract class CodeInterpreterInvokerBase extends Resource implements ICodeInterpreterInvoker {
  /** The Lambda. */
  public abstract readonly handler: lambda.IFunction;
  /** The bucket of files that are too large for a request or a response. */
  public abstract readonly staging: StagingArea;

  /** Grants permission to call the invoker, and so to run code in the interpreter's sessions. */
  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return this.handler.grantInvoke(grantee);
  }

  /** Grants permission to read and write the files of calls, under `invoker/`. */
  public grantReadWriteFiles(grantee: iam.IGrantable): iam.Grant {
    return this.staging.grantReadWrite(grantee, INVOKER_PREFIX);
  }
}

/** Attributes of an invoker of another app. */
export interface CodeInterpreterInvokerAttributes {
  /** The ARN of the Lambda. */
  readonly functionArn: string;
  /** The bucket of files that are too large for a request or a response. */
  readonly staging: StagingBucket;
}

/** An invoker that this app did not create. */
export class ImportedCodeInterpreterInvoker extends CodeInterpreterInvokerBase {
  readonly handler: lambda.IFunction;
  readonly staging: StagingArea;

  constructor(scope: Construct, id: string, { functionArn, staging }: CodeInterpreterInvokerAttributes) {
    super(scope, id, { environmentFromArn: functionArn });
    const own = this.stack.account;
    const given = this.env.account;
    this.handler = lambda.Function.fromFunctionAttributes(this, 'Lambda', {
      functionArn,
      // Two accounts of which one is known at deployment only are taken for the same.
      sameEnvironment: [own, given].some((account) => Token.isUnresolved(account)) || own === given,
    });
    this.staging = staging.bind(this);
  }
}
