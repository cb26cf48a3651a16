import type { Duration } from 'aws-cdk-lib';
import type * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type { StagingBucket } from '../staging/staging-bucket';

/** What one prompt may cost. */
export interface AnalystAgentLimits {
  /**
   * How often the model may be called, 1 to 100.
   *
   * @default 20
   */
  readonly turns?: number;
  /**
   * How many tool calls the model may make, 1 to 500.
   *
   * @default 40
   */
  readonly toolCalls?: number;
  /**
   * How long an answer may take, 10 seconds to 3500 seconds. Clients that take no stream are answered within 15 minutes
   * or not at all: that is a limit of the service.
   *
   * @default Duration.minutes(10)
   */
  readonly time?: Duration;
}

/** Properties of an analyst agent. */
export interface AnalystAgentProps {
  /** The interpreter whose sessions run the agent's code. Any code interpreter that aws-cdk-lib's L2 knows. */
  readonly interpreter: bedrockagentcore.ICodeInterpreterCustom;
  /**
   * The model of Amazon Bedrock: the id of a foundation model, such as `amazon.nova-pro-v1:0`, the id of an inference
   * profile, such as `eu.amazon.nova-pro-v1:0`, or the ARN of either or of an application inference profile.
   */
  readonly modelId: string;
  /**
   * The ARNs that the agent's role may invoke.
   *
   * @default - the model, or the inference profile and its model through this profile; required for the ARN of an
   * application inference profile, whose models cannot be told from it
   */
  readonly modelArns?: string[];
  /**
   * The name of the agent, which its Runtime, its sessions and its folder in the staging bucket carry: letters, digits and
   * single hyphens, beginning with a letter, at most 40 characters.
   *
   * @default - generated from the construct's path
   */
  readonly agentName?: string;
  /**
   * What the model is told beside how to work with code, at most 4000 characters: the meaning of the data, the language of
   * answers.
   *
   * @default - nothing more
   */
  readonly systemPrompt?: string;
  /**
   * The prefix of the staging bucket, ending with `/`, whose objects each session gets in its folder `data`: at most 1000.
   *
   * @default - none: prompts bring their files along
   */
  readonly dataPrefix?: string;
  /**
   * What one prompt may cost.
   *
   * @default - 20 turns, 40 tool calls, 10 minutes
   */
  readonly limits?: AnalystAgentLimits;
  /**
   * The bucket for charts and for output that is too large for an answer, under `agents/<agent name>/`.
   *
   * @default - the interpreter's own staging area; required for an interpreter that has none
   */
  readonly staging?: StagingBucket;
  /**
   * How long a session of the interpreter may live, 1 minute to 8 hours.
   *
   * @default Duration.hours(1)
   */
  readonly sessionTimeout?: Duration;
  /**
   * The network of the Runtime, where the agent itself runs. It must reach Bedrock, AgentCore and S3. The network of the
   * code is that of the interpreter.
   *
   * @default RuntimeNetworkConfiguration.usingPublicNetwork()
   */
  readonly network?: bedrockagentcore.RuntimeNetworkConfiguration;
  /**
   * Delivers the Runtime's spans to X-Ray. aws-cdk-lib adds a resource policy of X-Ray for it, which is the account's.
   *
   * @default false
   */
  readonly tracing?: boolean;
  /**
   * Delivers logs of the Runtime. Application logs hold prompts and answers.
   *
   * @default - none
   */
  readonly loggingConfigs?: bedrockagentcore.LoggingConfig[];
}
