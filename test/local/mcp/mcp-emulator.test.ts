import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { CLI } from '../../support/command-line';
import { python } from '../../support/python';

/** As a host starts it: somewhere, with almost no environment. */
test('without options, the tools run in an emulator of its own', async () => {
  const home = await mkdtemp(join(tmpdir(), 'mcp-home-'));
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [CLI, 'mcp', '--python', await python()],
    // A profile of the user must not come before the keys of the emulator.
    env: { PATH: process.env.PATH ?? '', HOME: home, TMPDIR: home, AWS_PROFILE: 'unknown' },
    cwd: home,
    stderr: 'inherit',
  });
  try {
    await client.connect(transport);
    const { structuredContent } = await client.callTool({
      name: 'write_files',
      arguments: { files: [{ path: 'data.csv', text: 'name,animal\nKimberly,Crocodile\n' }] },
    });
    expect(structuredContent).toMatchObject({ outcome: 'succeeded' });
    const counted = await client.callTool({
      name: 'execute_python',
      arguments: { code: 'import pandas as pd\nprint(len(pd.read_csv("data.csv").query("animal == \'Crocodile\'")))' },
    });
    expect(counted).toMatchObject({ isError: false, structuredContent: { stdout: '1' } });
  } finally {
    await client.close();
    await rm(home, { recursive: true, force: true });
  }
});
