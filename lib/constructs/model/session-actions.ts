/** The IAM actions on sessions of an interpreter, by purpose. */
export const SessionActions = {
  /** To use a running session. */
  invoke: ['bedrock-agentcore:InvokeCodeInterpreter'],
  /** To start sessions, use them, reattach to a running one, and stop them. */
  use: [
    'bedrock-agentcore:StartCodeInterpreterSession',
    'bedrock-agentcore:InvokeCodeInterpreter',
    'bedrock-agentcore:GetCodeInterpreterSession',
    'bedrock-agentcore:StopCodeInterpreterSession',
  ],
  /** To reattach to a running session. */
  get: ['bedrock-agentcore:GetCodeInterpreterSession'],
  stop: ['bedrock-agentcore:StopCodeInterpreterSession'],
  /** To find sessions. The service supports no narrower resource than `*`. */
  list: ['bedrock-agentcore:ListCodeInterpreterSessions'],
} as const;
