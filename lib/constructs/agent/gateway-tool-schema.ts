import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import { GATEWAY_TOOLS_FILE } from '../../contract/code-tools';
import { builtFolder } from '../base/built-folder';

interface Schema {
  readonly type: string;
  readonly description?: string;
  readonly items?: Schema;
  readonly properties?: Record<string, Schema>;
  readonly required?: string[];
}

interface Tool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Schema;
  readonly outputSchema: Schema;
}

/** The schema of the operations for a Gateway target: as the Lambda's own bundle describes them. */
export function gatewayToolSchema(operations: readonly string[]): bedrockagentcore.InlineToolSchema {
  const file = join(builtFolder('handlers/code-interpreter-tool'), GATEWAY_TOOLS_FILE);
  const tools = JSON.parse(readFileSync(file, 'utf8')) as Tool[];
  return bedrockagentcore.ToolSchema.fromInline(
    tools
      .filter(({ name }) => operations.includes(name))
      .map(({ inputSchema, outputSchema, ...tool }) => ({
        ...tool,
        inputSchema: definition(inputSchema),
        outputSchema: definition(outputSchema),
      })),
  );
}

function definition({ type, items, properties, ...rest }: Schema): bedrockagentcore.SchemaDefinition {
  return {
    ...rest,
    type: bedrockagentcore.SchemaDefinitionType.of(type),
    items: items && definition(items),
    properties:
      properties && Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, definition(schema)])),
  };
}
