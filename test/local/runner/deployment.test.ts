import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LAMBDA_ROLE_METADATA, type LambdaRoleMetadata, PROTOCOL_VERSION } from '../../../lib/contract/lambda-role';
import type { Template } from '../../../lib/local/runner/assembly';
import { readDeployment } from '../../../lib/local/runner/deployment';
import { Scratch } from '../../support/local-batch';

describe('the Lambdas of a batch, in a cloud assembly', () => {
  let scratch: Scratch;

  beforeEach(async () => {
    scratch = await Scratch.make();
    scratch.synthesize('count.py');
  });

  afterEach(() => scratch.remove());

  /** Rewrites the metadata of each Lambda that has a role. */
  function rewriteRoles(change: (metadata: LambdaRoleMetadata) => LambdaRoleMetadata | undefined): void {
    const { artifacts } = JSON.parse(readFileSync(join(scratch.assembly, 'manifest.json'), 'utf8'));
    for (const { properties } of Object.values<{ properties?: { templateFile?: string } }>(artifacts)) {
      if (properties?.templateFile) {
        const file = join(scratch.assembly, properties.templateFile);
        const template: Template = JSON.parse(readFileSync(file, 'utf8'));
        for (const { Metadata } of Object.values(template.Resources)) {
          if (Metadata?.[LAMBDA_ROLE_METADATA]) {
            Metadata[LAMBDA_ROLE_METADATA] = change(Metadata[LAMBDA_ROLE_METADATA] as LambdaRoleMetadata);
          }
        }
        writeFileSync(file, JSON.stringify(template));
      }
    }
  }

  test('are found by the role that the template has of them', () => {
    const { planner, worker } = readDeployment(scratch.assembly);
    expect(planner).toMatch(/Planner/);
    expect(worker).toMatch(/Worker/);
    const swap = { planner: 'reporter', reporter: 'planner' } as Record<string, LambdaRoleMetadata['role']>;
    rewriteRoles((metadata) => ({ ...metadata, role: swap[metadata.role] ?? metadata.role }));
    expect(readDeployment(scratch.assembly).planner).toMatch(/Reporter/);
  });

  test('are not guessed where the template has no role of them', () => {
    rewriteRoles(() => undefined);
    expect(() => readDeployment(scratch.assembly)).toThrow(/^no batch in ".*"$/);
  });

  test.each([
    [PROTOCOL_VERSION + 1, 'Update agentcore-local: npm install agentcore-local@latest'],
    [PROTOCOL_VERSION - 1, 'Update cdk-agentcore-code-interpreter, then synthesize again: npx cdk synth'],
  ])('are refused with protocol version %d, which this runner does not support', (protocolVersion, advice) => {
    rewriteRoles((metadata) => ({ ...metadata, protocolVersion }));
    expect(() => readDeployment(scratch.assembly)).toThrow(
      new RegExp(
        `the planner ".*Planner.*" has protocol version ${protocolVersion}; this agentcore-local supports ${PROTOCOL_VERSION}. ${advice}`,
      ),
    );
  });
});
