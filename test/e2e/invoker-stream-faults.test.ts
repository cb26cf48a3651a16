/** @needs Python */
import { StreamingUrl } from '../support/streaming-url';

describe('the streaming URL, where sessions cannot be stopped', () => {
  let url: StreamingUrl;

  beforeAll(async () => {
    url = await StreamingUrl.open({ faults: [{ kind: 'serverError', operation: 'StopCodeInterpreterSession' }] });
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  });

  afterAll(async () => {
    jest.restoreAllMocks();
    await url.close();
  });

  test('a session is not said to be over', async () => {
    const events = await url.all({ command: 'sleep 600', timeoutSeconds: 1 }, 70);
    expect(events.at(-1)).toMatchObject({ type: 'result', answer: { outcome: 'timedOut', sessionEnded: false } });
  });
});
