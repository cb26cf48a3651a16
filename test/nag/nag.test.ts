import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, type NagPack, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { checkedStacks } from './example-stacks';

const packs: Record<string, () => NagPack> = {
  AwsSolutions: () => new AwsSolutionsChecks(),
  'NIST 800-53 R5': () => new NIST80053R5Checks(),
  HIPAA: () => new HIPAASecurityChecks(),
  'PCI DSS': () => new PCIDSS321Checks(),
};

describe.each(Object.entries(checkedStacks))('the example %s', (_, create) => {
  const app = new App({ analyticsReporting: false });
  create(app);
  app.synth();

  test.each(Object.entries(packs))('has no unacknowledged finding of %s', (_, pack) => {
    const findings = pack()
      .validateScope(app)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
      );
    expect(findings).toEqual([]);
  });

  test('says why for each acknowledgement', () => {
    const acknowledgements = app.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>));
    for (const [id, reason] of acknowledgements) {
      expect({ id, words: reason.split(' ').length }).toEqual({ id, words: expect.any(Number) });
      expect(reason.split(' ').length).toBeGreaterThan(7);
    }
  });
});
