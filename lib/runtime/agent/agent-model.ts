import { BedrockModel, type Model } from '@strands-agents/sdk';
import { OpenAIModel } from '@strands-agents/sdk/models/openai';
import type { AgentModelAccess } from '../../contract/agent';
import { EnvironmentName } from '../../contract/environment';
import { readScript } from './script-file';
import { ScriptedModel } from './scripted-model';

const FORMS = 'bedrock:ID, openai:URL#NAME or script:FILE';

/** Opens the model that a setting names. The key of an OpenAI-compatible server is in OPENAI_API_KEY. */
export function openModel(setting: string): Model {
  const separator = setting.indexOf(':');
  const [kind, rest] = [setting.slice(0, Math.max(0, separator)), setting.slice(separator + 1)];
  if (rest === '') {
    throw new Error(`the model "${setting}" is not one of ${FORMS}`);
  }
  switch (kind) {
    case 'bedrock':
      return bedrockModel(rest);
    case 'openai':
      return openAiModel(rest);
    case 'script':
      return new ScriptedModel(readScript(rest));
    default:
      throw new Error(`the model "${setting}" is not one of ${FORMS}`);
  }
}

/** With the credentials of this process, unless others are given for the model alone. */
function bedrockModel(modelId: string): Model {
  const access = process.env[EnvironmentName.agentModelAccess];
  if (access === undefined) {
    return new BedrockModel({ modelId });
  }
  const { region, credentials } = JSON.parse(access) as AgentModelAccess;
  return new BedrockModel({ modelId, region, clientConfig: { credentials } });
}

function openAiModel(address: string): Model {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error(`the model "openai:${address}" needs a URL, such as openai:http://127.0.0.1:11434/v1#llama3.2`);
  }
  const modelId = decodeURIComponent(url.hash.slice(1)) || 'default';
  url.hash = '';
  return new OpenAIModel({
    api: 'chat',
    modelId,
    apiKey: process.env.OPENAI_API_KEY || 'none',
    clientConfig: { baseURL: url.href.replace(/\/$/, '') },
  });
}
