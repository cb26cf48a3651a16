import { CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The quota of CloudFormation. */
const MAX_RESOURCES = 500;
const checked = new WeakSet<Stack>();

/** Fails at the end of synth if a stack has more resources than CloudFormation takes, and says what to do. */
export function checkStackSize(scope: IConstruct): void {
  const stack = Stack.of(scope);
  if (checked.has(stack)) {
    return;
  }
  checked.add(stack);
  stack.node.addValidation({
    validate: () => {
      const count = stack.node
        .findAll()
        .filter((node) => CfnResource.isCfnResource(node) && node.stack === stack).length;
      return count <= MAX_RESOURCES
        ? []
        : [
            `the stack has ${count} resources, and CloudFormation takes ${MAX_RESOURCES}: put batches into nested stacks (NestedStack) ` +
              'or stacks of their own; docs/scale.md has how many resources a batch takes',
          ];
    },
  });
}
