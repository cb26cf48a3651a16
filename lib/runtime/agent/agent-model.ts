import { BedrockModel, type Model } from '@strands-agents/sdk';
import { OpenAIModel } from '@strands-agents/sdk/models/openai';
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
      return new BedrockModel({ modelId: rest });
    case 'openai':
      return openAiModel(rest);
    case 'script':
      return new ScriptedModel(readScript(rest));
    default:
      throw new Error(`the model "${setting}" is not one of ${FORMS}`);
  }
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
