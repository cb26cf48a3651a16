import { StateMachine } from 'aws-local-stepfunctions';
import type { JsonObject, JsonValue } from '../../../contract/json';

/**
 * Evaluates a payload template (`"name.$": "$.path"` and intrinsic functions) as a Pass state does: JSONPath is left
 * to the interpreter that has it.
 */
export async function evaluateTemplate(template: JsonValue, input: JsonValue, context: JsonObject): Promise<JsonValue> {
  const machine = new StateMachine(
    { StartAt: 'Evaluate', States: { Evaluate: { Type: 'Pass', Parameters: template, End: true } } },
    { validationOptions: { noValidate: true } },
  );
  return (await machine.run(input, { context }).result) as JsonValue;
}
