import { namedInvokeError, sessionGone } from '../../../lib/runtime/session/service-error';

function serviceError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

describe('an invocation that fails', () => {
  // How the service and published captures and clients put it.
  test.each([
    ['ResourceNotFoundException', 'Session 01ABC not found', 'SessionLost'],
    ['ConflictException', 'Session already terminated: 01ABC', 'SessionLost'],
    ['ConflictException', 'terminated on user request', 'SessionLost'],
    ['ValidationException', 'Code interpreter session 01ABC is not active', 'SessionLost'],
    ['ValidationException', 'arguments.path is required', 'ServiceRejected'],
    ['AccessDeniedException', 'not authorized to perform bedrock-agentcore:InvokeCodeInterpreter', 'ServiceRejected'],
    ['ThrottlingException', 'Rate exceeded', 'ServiceUnavailable'],
    ['ServiceQuotaExceededException', 'too many invocations', 'ServiceUnavailable'],
    ['InternalServerException', 'internal error', 'SessionLost'],
  ])('with %s: %s is %s', (name, message, expected) => {
    expect(namedInvokeError(serviceError(name, message), 'executeCode').name).toBe(expected);
  });

  test('knows a session that is over from one that refuses its arguments', () => {
    expect(sessionGone(serviceError('ValidationException', 'session 01ABC is not active'))).toBe(true);
    expect(sessionGone(serviceError('ValidationException', 'the file is not active content'))).toBe(false);
  });
});
