import {
  INTERPRETER_NAME_PATTERN,
  MANAGED_INTERPRETER_ID,
  NETWORK_MODES,
  type NetworkMode,
} from '../../contract/service';
import { invalid, ServiceError } from './errors';
import { interpreterSuffix } from './identifiers';
import type { Interpreter } from './interpreters';
import { checkClientToken, type OperationInput, type State } from './operations';
import { nextPage } from './pagination';
import { checkCertificates, checkFileSystems } from './shared-shapes';
import { Checker, type Fields } from './validation';

/** Operations of the control plane (service `bedrock-agentcore-control`), at the same endpoint. */

const ROLE_ARN = /^arn:aws(-[^:]+)?:iam::([0-9]{12})?:role\/.+$/;
/** Region and account of the ARNs that the emulator makes up. */
const ARN_PREFIX = 'arn:aws:bedrock-agentcore:us-east-1';
const ACCOUNT = '000000000000';

export function createInterpreter({ interpreters }: State, { body }: OperationInput): Fields {
  const check = new Checker();
  const name = check.required(
    check.string(body.name, 'name', { pattern: INTERPRETER_NAME_PATTERN }),
    body.name,
    'name',
  );
  const description = check.string(body.description, 'description', { min: 1, max: 4_096 });
  const executionRoleArn = check.string(body.executionRoleArn, 'executionRoleArn', {
    min: 1,
    max: 2_048,
    pattern: ROLE_ARN,
  });
  const networkConfiguration = checkNetwork(body.networkConfiguration, check);
  const certificates = checkCertificates(body.certificates, check);
  const filesystemConfigurations = checkFileSystems(body.filesystemConfigurations, check);
  checkClientToken(body.clientToken, check);
  checkTags(body.tags, check);
  check.finish();
  if (name === undefined || interpreters.all().some((other) => other.name === name)) {
    throw new ServiceError('ConflictException', `A code interpreter with the name ${name} exists already`);
  }
  const interpreter: Interpreter = {
    id: `${name}-${interpreterSuffix()}`,
    name,
    networkMode: networkConfiguration.networkMode as NetworkMode,
    networkConfiguration,
    createdAt: new Date(),
    ...(description === undefined ? {} : { description }),
    ...(executionRoleArn === undefined ? {} : { executionRoleArn }),
    ...(certificates === undefined ? {} : { certificates }),
    ...(filesystemConfigurations === undefined ? {} : { filesystemConfigurations }),
  };
  interpreters.put(interpreter);
  return { ...identity(interpreter), createdAt: interpreter.createdAt.toISOString(), status: 'CREATING' };
}

export function getInterpreter({ interpreters }: State, { identifier }: OperationInput): Fields {
  const interpreter = interpreters.get(identifier);
  const { networkConfiguration, executionRoleArn, certificates, filesystemConfigurations } = interpreter;
  return {
    ...summary(interpreter),
    networkConfiguration,
    executionRoleArn,
    certificates,
    filesystemConfigurations,
  };
}

export function listInterpreters({ interpreters }: State, { query }: OperationInput): Fields {
  const check = new Checker();
  const given = query.get('maxResults');
  const maxResults =
    check.integer(given === null ? undefined : Number(given), 'maxResults', { min: 1, max: 100 }) ?? 10;
  const nextToken = check.string(query.get('nextToken'), 'nextToken', { min: 1, max: 2_048, pattern: /^\S*$/ });
  const type = check.oneOf(query.get('type'), 'type', ['SYSTEM', 'CUSTOM'] as const);
  check.finish();
  const matching = interpreters
    .all()
    .filter(({ id }) => type === undefined || (id === MANAGED_INTERPRETER_ID) === (type === 'SYSTEM'));
  const page = nextPage(matching, { maxResults, nextToken, keyOf: ({ id }) => id });
  return { codeInterpreterSummaries: page.items.map(summary), nextToken: page.nextToken };
}

export function deleteInterpreter({ interpreters, sessions }: State, { identifier, query }: OperationInput): Fields {
  const check = new Checker();
  checkClientToken(query.get('clientToken'), check);
  check.finish();
  const { id } = interpreters.get(identifier);
  if (id === MANAGED_INTERPRETER_ID) {
    throw new ServiceError('AccessDeniedException', `${id} is AWS's own and cannot be deleted`);
  }
  for (const session of sessions.all()) {
    if (session.interpreterId === id && session.status === 'READY') {
      sessions.stop(id, session.sessionId);
    }
  }
  interpreters.delete(id);
  return { codeInterpreterId: id, status: 'DELETING', lastUpdatedAt: new Date().toISOString() };
}

function summary(interpreter: Interpreter): Fields {
  const { name, description, createdAt } = interpreter;
  const at = createdAt.toISOString();
  return { ...identity(interpreter), name, description, status: 'READY', createdAt: at, lastUpdatedAt: at };
}

function identity({ id }: Interpreter): Fields {
  const arn =
    id === MANAGED_INTERPRETER_ID
      ? `${ARN_PREFIX}:aws:code-interpreter/${id}`
      : `${ARN_PREFIX}:${ACCOUNT}:code-interpreter-custom/${id}`;
  return { codeInterpreterId: id, codeInterpreterArn: arn };
}

function checkNetwork(given: unknown, check: Checker): Fields {
  const name = 'networkConfiguration';
  const fields = check.required(check.object(given, name), given, name) ?? {};
  const mode = check.oneOf(fields.networkMode, `${name}.networkMode`, NETWORK_MODES);
  check.required(mode, fields.networkMode, `${name}.networkMode`);
  const vpc = check.object(fields.vpcConfig, `${name}.vpcConfig`);
  for (const member of vpc === undefined ? [] : ['securityGroups', 'subnets']) {
    const at = `${name}.vpcConfig.${member}`;
    check.required(check.list(vpc?.[member], at, { min: 1, max: 16 }), vpc?.[member], at);
  }
  if (mode === 'VPC' && vpc === undefined) {
    throw invalid([{ name: `${name}.vpcConfig`, message: 'Member must not be null when networkMode is VPC' }]);
  }
  return fields;
}

function checkTags(given: unknown, check: Checker): void {
  const tags = check.object(given, 'tags') ?? {};
  if (Object.keys(tags).length > 50) {
    check.fail('tags', 'Member must have at most 50 entries');
  }
  for (const [key, value] of Object.entries(tags)) {
    check.string(key, 'tags.key', { min: 1, max: 128 });
    check.required(check.string(value, `tags.${key}`, { max: 256 }), value, `tags.${key}`);
  }
}
