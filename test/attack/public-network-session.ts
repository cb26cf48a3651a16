/** Fetches from sessions of every network mode, and prints what each address answers. Runs in a network of its own. */
import { SandboxFactory } from '../../lib/local/sandbox/sandbox-factory';
import { hostilePython } from '../support/hostile-code';

const ADDRESSES = ['93.184.216.34', '10.9.8.7', '169.254.169.254', '93.184.216.1'];

const FETCH = hostilePython(`
import json, urllib.request
answers = {}
for address in ${JSON.stringify(ADDRESSES)}:
    try:
        answers[address] = urllib.request.urlopen('http://%s/' % address, timeout=10).read().decode()
    except Exception as error:
        answers[address] = str(error)
print(json.dumps(answers))`);

async function main(python: string | undefined): Promise<void> {
  const factory = await SandboxFactory.create({ python, isolation: 'require' });
  const answers: Record<string, unknown> = {};
  for (const mode of ['PUBLIC', 'VPC', 'SANDBOX'] as const) {
    const sandbox = factory.make(mode);
    const request = { interpreter: 'python', language: 'python', clearContext: false } as const;
    const { stdout, stderr } = await sandbox.executeCode(request, FETCH, new AbortController().signal);
    answers[mode] = stderr === '' ? JSON.parse(stdout) : stderr;
    await sandbox.kill();
  }
  await factory.close();
  process.stdout.write(JSON.stringify(answers));
}

main(process.argv[2]);
