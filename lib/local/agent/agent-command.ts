import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import type { AgentInputFile, AgentSettings } from '../../contract/agent';
import type { LocalServices } from '../runner/local-services';
import { startUserServices, useServicesHere } from '../runner/user-services';
import { standardError, standardOutput } from '../terminal';
import { type AgentOptions, checkAgentOptions } from './agent-options';
import type { AgentTarget } from './agent-target';
import { type ShownAnswer, showAnswer } from './answer-view';
import { batchScript } from './batch-script';
import { deployedAgent } from './deployed-agent';
import { startLocalAgent } from './local-agent';
import { checkBatchScript } from './script-check';

/** Asks an analyst agent: one question, or a chat until standard input ends. */
export async function agentCommand(options: AgentOptions): Promise<void> {
  checkAgentOptions(options);
  const files = await readFiles(options.file);
  const { deployed } = options;
  const services = deployed === undefined ? await startUserServices(options) : undefined;
  try {
    const target =
      services === undefined ? deployedAgent(deployed as string) : await startLocalAgent(settingsOf(options), services);
    const leave = () =>
      void target
        .close()
        .then(() => services?.stop())
        .finally(() => process.exit(130));
    process.once('SIGINT', leave).once('SIGTERM', leave);
    try {
      await (options.ask === undefined
        ? chat(target, files, options)
        : askOnce(target, options.ask, files, options, services));
    } finally {
      process.off('SIGINT', leave).off('SIGTERM', leave);
      await target.close();
    }
  } finally {
    await services?.stop();
  }
}

function settingsOf({ model, systemPrompt, maxTurns, maxToolCalls, maxSeconds }: AgentOptions): AgentSettings {
  return {
    name: 'local',
    model: model as string,
    systemPrompt,
    limits: { turns: maxTurns, toolCalls: maxToolCalls, seconds: maxSeconds },
  };
}

async function readFiles(paths: readonly string[]): Promise<AgentInputFile[]> {
  return Promise.all(
    paths.map(async (path) => ({ path: basename(path), base64: (await readFile(path)).toString('base64') })),
  );
}

async function askOnce(
  target: AgentTarget,
  question: string,
  files: readonly AgentInputFile[],
  options: AgentOptions,
  services: LocalServices | undefined,
): Promise<void> {
  const shown = await show(target, question, files, options);
  if (shown.end?.stop !== 'answered') {
    process.exitCode = 1;
    return;
  }
  if (options.saveScript !== undefined) {
    await saveScript(options.saveScript, question, shown, options, services);
  }
}

async function saveScript(
  path: string,
  question: string,
  { executed }: ShownAnswer,
  options: AgentOptions,
  services: LocalServices | undefined,
): Promise<void> {
  const [file = ''] = options.file;
  if (executed.length === 0) {
    throw new Error('the agent ran no Python code that succeeded, so there is no analysis to save');
  }
  const script = batchScript({ question, inputName: basename(file), steps: executed });
  const used = services ?? (await startUserServices(options));
  try {
    useServicesHere(used);
    await checkBatchScript(script, file, executed.at(-1)?.stdout);
  } finally {
    if (used !== services) {
      await used.stop();
    }
  }
  await writeFile(path, script);
  standardError.lines(`${path}: the analysis as a script of a batch; run once on ${file}, with the same output`);
}

async function chat(target: AgentTarget, files: readonly AgentInputFile[], options: AgentOptions): Promise<void> {
  const askForLine = () => {
    if (standardError.interactive) {
      standardError.output('you> ');
    }
  };
  let given = files;
  askForLine();
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== '') {
      await show(target, line, given, options);
      given = [];
    }
    askForLine();
  }
}

function show(
  target: AgentTarget,
  prompt: string,
  files: readonly AgentInputFile[],
  { out }: AgentOptions,
): Promise<ShownAnswer> {
  const events = target.ask({ prompt, ...(files.length > 0 && { files }) });
  return showAnswer(events, { answer: standardOutput, progress: standardError, folder: out });
}
