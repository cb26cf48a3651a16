/** An emulator in a process of its own, for tests that kill or measure it. Prints its endpoint and credentials; ends with its input. */
import { startEmulator } from '../../../lib/local/emulator';

async function main(): Promise<void> {
  const emulator = await startEmulator(JSON.parse(process.argv[2] ?? '{}'));
  const { endpoint, credentials } = emulator;
  process.stdout.write(`${JSON.stringify({ endpoint, credentials })}\n`);
  process.stdin.resume();
  process.stdin.on('end', async () => {
    await emulator.stop();
  });
}

main();
