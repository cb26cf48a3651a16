import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import type { AgentFile } from '../../contract/agent';

/**
 * Saves a file of the agent below a folder, by the link that came with it. Nothing for a file that has no link, since its
 * content is in the answer already.
 */
export async function saveAgentFile(
  { path, url }: AgentFile,
  folder: string,
): Promise<{ readonly path: string; readonly bytes: number } | undefined> {
  if (url === undefined) {
    return undefined;
  }
  const target = resolve(folder, ...path.split('/'));
  // Code in the session has chosen the name.
  if (!target.startsWith(resolve(folder) + sep)) {
    throw new Error(`the agent's file "${path}" would be outside of ${folder}`);
  }
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`the agent's file "${path}" could not be fetched: HTTP ${response.status}`);
  }
  const content = Buffer.from(await response.arrayBuffer());
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
  return { path: target, bytes: content.length };
}
