import {
  type CodeInterpreterSessionSummary,
  ListCodeInterpreterSessionsCommand,
  type ListCodeInterpreterSessionsCommandOutput,
} from '@aws-sdk/client-bedrock-agentcore';

const PAGE_SIZE = 100;

/**
 * The running sessions of an interpreter, page by page.
 *
 * @param send sends a request for a page, with the caller's own retries
 */
export async function* readySessions(
  interpreterId: string,
  send: (command: ListCodeInterpreterSessionsCommand) => Promise<ListCodeInterpreterSessionsCommandOutput>,
): AsyncGenerator<CodeInterpreterSessionSummary> {
  let nextToken: string | undefined;
  do {
    const page = await send(
      new ListCodeInterpreterSessionsCommand({
        codeInterpreterIdentifier: interpreterId,
        status: 'READY',
        maxResults: PAGE_SIZE,
        nextToken,
      }),
    );
    yield* page.items ?? [];
    nextToken = page.nextToken;
  } while (nextToken);
}
