import { App, type IPropertyInjector, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import {
  CodeInterpreter,
  CodeInterpreterAlarms,
  CodeInterpreterDashboard,
  CodeInterpreterEndpointService,
  CodeInterpreterEndpoints,
  CodeInterpreterLogDeliveries,
  CodeInterpreterTrail,
} from '../../../lib/constructs';

/** What an organisation might want of each class, and how it shows. */
const wishes = [
  {
    of: CodeInterpreterAlarms,
    wish: { dailyCost: 10 },
    make: (stack: Stack) => new CodeInterpreterAlarms(stack, 'It', { interpreter: new CodeInterpreter(stack, 'I') }),
    shows: ['AWS::CloudWatch::Alarm', { Threshold: 10, EvaluationPeriods: 1 }],
  },
  {
    of: CodeInterpreterDashboard,
    wish: { dashboardName: 'by-the-organisation' },
    make: (stack: Stack) => new CodeInterpreterDashboard(stack, 'It', { interpreter: new CodeInterpreter(stack, 'I') }),
    shows: ['AWS::CloudWatch::Dashboard', { DashboardName: 'by-the-organisation' }],
  },
  {
    of: CodeInterpreterEndpoints,
    wish: { services: [CodeInterpreterEndpointService.STS] },
    make: (stack: Stack) => new CodeInterpreterEndpoints(stack, 'It', { vpc: new ec2.Vpc(stack, 'Vpc') }),
    shows: ['AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }],
  },
  {
    of: CodeInterpreterLogDeliveries,
    wish: { traces: true },
    make: (stack: Stack) => new CodeInterpreter(stack, 'It', { observability: { usageLogs: true } }),
    shows: ['AWS::Logs::DeliverySource', { LogType: 'TRACES' }],
  },
  {
    of: CodeInterpreterTrail,
    wish: { retention: logs.RetentionDays.TEN_YEARS },
    make: (stack: Stack) => new CodeInterpreterTrail(stack, 'It', { interpreters: [new CodeInterpreter(stack, 'I')] }),
    shows: ['AWS::Logs::LogGroup', { RetentionInDays: 3653 }],
  },
] as const;

test.each(wishes)('properties of $of.name are injected', ({ of, wish, make, shows: [type, properties] }) => {
  const injector: IPropertyInjector = {
    constructUniqueId: of.PROPERTY_INJECTION_ID,
    inject: (props) => ({ ...props, ...wish }),
  };
  const stack = new Stack(new App({ propertyInjectors: [injector] }), 'Stack');
  make(stack);
  Template.fromStack(stack).hasResourceProperties(type, properties);
  expect(of.PROPERTY_INJECTION_ID).toBe(`cdk-agentcore-code-interpreter.${of.name}`);
});
