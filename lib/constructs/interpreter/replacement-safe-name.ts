import { createHash } from 'node:crypto';
import { AspectPriority, Aspects, type CfnResource, Lazy, Names } from 'aws-cdk-lib';
import type { CfnCodeInterpreterCustom } from 'aws-cdk-lib/aws-bedrockagentcore';
import type { Construct } from 'constructs';
import { INTERPRETER_NAME_MAX_LENGTH } from '../../contract/service';
import { warn } from '../base/construct-validation';
import { WarningId } from '../base/warning-id';
import { renderedName, replacingPropertiesOf } from './replacing-properties';

const HASH_LENGTH = 8;

/**
 * A physical name that changes with every property whose change replaces the interpreter.
 *
 * The service cannot update an interpreter, its names are unique in an account, and CloudFormation creates the
 * replacement before it deletes what it replaces: under the same name, the creation would fail. So the name ends in a
 * hash of all replacing properties, as they are in the template, with overrides. Where they refer to other resources
 * of the app, what would replace those counts too: a new security group has a new id, which the template does not show.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrockagentcore-codeinterpretercustom.html
 */
export class ReplacementSafeName {
  /** Resolves to the name: a letter, then letters, digits and underscores, 48 characters at most. */
  readonly token: string;
  private resource?: CfnCodeInterpreterCustom;
  private rendering = false;

  constructor(private readonly scope: Construct) {
    this.token = Lazy.string({ produce: () => this.produce() });
  }

  /** The resource whose properties count. */
  follow(resource: CfnCodeInterpreterCustom): void {
    this.resource = resource;
  }

  /** Warns at the end of synth if an override has put another name into the template: it does not change any more. */
  warnWhenOverridden(warning: string): void {
    Aspects.of(this.scope).add(
      {
        visit: (node) => {
          if (node === this.resource && renderedName(this.resource) !== this.produce()) {
            warn(this.scope, WarningId.FIXED_NAME, warning);
          }
        },
      },
      { priority: AspectPriority.READONLY },
    );
  }

  private produce(): string {
    if (this.rendering || !this.resource) {
      // The name is among the properties that are rendered to find it.
      return '';
    }
    this.rendering = true;
    try {
      return `${this.readablePart()}_${this.hash(this.resource)}`;
    } finally {
      this.rendering = false;
    }
  }

  private readablePart(): string {
    const name = Names.uniqueResourceName(this.scope, {
      maxLength: INTERPRETER_NAME_MAX_LENGTH - HASH_LENGTH - 1,
      separator: '_',
      allowedSpecialCharacters: '_',
    });
    // The name of a stack that comes from a token is left out, and an id may begin with anything.
    return /^[a-zA-Z]/.test(name) ? name : `i${name.slice(1)}`;
  }

  private hash(resource: CfnResource): string {
    const properties = replacingPropertiesOf(resource);
    return createHash('sha256').update(JSON.stringify(properties)).digest('hex').slice(0, HASH_LENGTH);
  }
}
