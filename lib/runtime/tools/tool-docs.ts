import { CODE_TOOL_LIMITS } from '../../contract/code-tools';
import { CODE_TOOLS, type CodeTool } from './code-tools';
import { argumentJsonSchema } from './tool-schema';

interface ArgumentSchema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
}

/** The page of docs about the tools: written by the table that models are given. */
export function toolDocs(): string {
  const { textCharacters, answerCharacters, pictureBytes, files, codeCharacters } = CODE_TOOL_LIMITS;
  return [
    '# The tools',
    '',
    'What models are given: behind AgentCore Gateway ([agents.md](agents.md)), by the MCP server ([mcp.md](mcp.md)) and in the analyst agent ([analyst-agent.md](analyst-agent.md)). This page is',
    'generated from the table of tools: `npx tsx scripts/write-tool-docs.ts`.',
    '',
    `Limits: code of ${codeCharacters} characters, ${files} files a call. In an answer, a text of more than ${textCharacters} characters is cut in`,
    `the middle, and all texts together have about ${answerCharacters}; pictures go along up to ${pictureBytes} bytes. What is left out is in the`,
    'bucket, and the answer says where.',
    ...CODE_TOOLS.flatMap(section),
    '',
  ].join('\n');
}

function section(tool: CodeTool): string[] {
  const { properties = {}, required = [] } = argumentJsonSchema(tool, 'handle') as {
    properties?: Record<string, ArgumentSchema>;
    required?: readonly string[];
  };
  const rows = Object.entries(properties).map(
    ([name, schema]) =>
      `| \`${name}\`${required.includes(name) ? ', required' : ''} | ${schema.type} | ${cell(schema)} |`,
  );
  const table = rows.length === 0 ? [] : ['', '| argument | type | |', '|---|---|---|', ...rows];
  return ['', `## ${tool.name}`, '', tool.description, ...table];
}

function cell({ description = '', enum: values }: ArgumentSchema): string {
  return (values === undefined ? description : `${description} One of: ${values.join(', ')}.`).replaceAll('|', '\\|');
}
