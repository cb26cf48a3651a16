import { CODE_TOOLS } from './code-tools';
import { answerJsonSchema, argumentJsonSchema } from './tool-schema';

/** All that Gateway knows of JSON Schema. */
export interface GatewaySchema {
  readonly type: string;
  readonly description?: string;
  readonly items?: GatewaySchema;
  readonly properties?: Readonly<Record<string, GatewaySchema>>;
  readonly required?: readonly string[];
}

/** A tool as described to Gateway. */
export interface GatewayTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: GatewaySchema;
  readonly outputSchema: GatewaySchema;
}

/** The table of tools as Gateway takes it. */
export function gatewayTools(): GatewayTool[] {
  return CODE_TOOLS.map((tool) => ({
    name: tool.name,
    description: tool.description,
    inputSchema: gatewaySchema(argumentJsonSchema(tool, 'handle')),
    outputSchema: gatewaySchema(answerJsonSchema()),
  }));
}

/** The parts of JSON Schema that are met here. */
interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
}

/** Keeps what Gateway knows. Possible values, which it does not know, go into the description. */
export function gatewaySchema({
  type,
  description,
  items,
  properties,
  required,
  enum: values,
}: JsonSchema): GatewaySchema {
  if (type === undefined) {
    throw new Error('Gateway knows no schema without a type');
  }
  const said = [description, values && `One of: ${values.join(', ')}.`].filter((part) => part !== undefined);
  return {
    type,
    ...(said.length > 0 && { description: said.join(' ') }),
    ...(items && { items: gatewaySchema(items) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, gatewaySchema(schema)])),
    }),
    ...(required && required.length > 0 && { required }),
  };
}
