import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AnalysisScript, BatchAnalysis, type BatchAnalysisProps, CodeInterpreter } from '../../lib';

const SCRIPT = join(__dirname, '../fixtures/analyses/count.py');

/** The template of a stack with a batch `Sales`, after something was added to it. */
export function batchTemplate(
  add: (batch: BatchAnalysis, stack: Stack) => void,
  props: Partial<BatchAnalysisProps> = {},
): Template {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Test');
  const batch = new BatchAnalysis(stack, 'Sales', {
    interpreter: new CodeInterpreter(stack, 'Interpreter'),
    script: AnalysisScript.fromAsset(SCRIPT),
    ...props,
  });
  add(batch, stack);
  return Template.fromStack(stack);
}

/** As untyped as the assertions module has them. */
type Properties = ReturnType<Template['findResources']>[string];

/** The properties of the resources of a type, by logical ids that begin so. */
export function propertiesOf(template: Template, type: string, idBegin: string): Properties[] {
  return Object.entries(template.findResources(type))
    .filter(([id]) => id.startsWith(idBegin))
    .map(([, { Properties }]) => Properties);
}

/** The statements of a role's policy. */
export function statementsOf(template: Template, idBegin: string): Properties[] {
  return propertiesOf(template, 'AWS::IAM::Policy', idBegin).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** A value with logical ids cut to their readable part, so that they can be compared. */
export function readable(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(/\b([A-Z][A-Za-z]+)[0-9A-F]{8}\b/g, '$1'));
}
