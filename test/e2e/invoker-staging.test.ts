/** @needs Python */
import { InvokerWorld } from '../support/invoker-world';
import { ACCESS_DENIED, s3StandIn } from '../support/s3-stand-in';

/** What the invoker makes of an S3 that does not do as it should. */
describe('staging', () => {
  async function failureWith(status: number, body: string, request: object) {
    const s3 = await s3StandIn(status, body);
    const world = await InvokerWorld.open({ environment: { AWS_ENDPOINT_URL_S3: s3.endpoint } });
    try {
      const failure = await world.failure(request);
      return { ...failure, sessions: world.emulator.sessions().length };
    } finally {
      await world.close();
      s3.close();
    }
  }

  test('an object that is larger than one request of S3 may carry is refused before a session is started', async () => {
    const list =
      '<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>invoker/a</Key><Size>6000000000</Size></Contents></ListBucketResult>';
    expect(await failureWith(200, list, { code: '1', files: [{ path: 'a', s3Key: 'invoker/a' }] })).toEqual({
      name: 'StagingFailed',
      message: expect.stringMatching(/files: s3:\/\/staging\/invoker\/a has 6000000000 bytes, at most 5368709120 can/),
      sessions: 0,
    });
  });

  test.each([
    ['a file', { code: '1', files: [{ path: 'a', s3Key: 'invoker/a' }] }],
    ['a folder', { code: '1', files: [{ path: 'a', s3Prefix: 'invoker/a/' }] }],
    ['a script', { script: 'invoker/a.py' }],
  ])('access that is denied to %s is a named error, before a session is started', async (_, request) => {
    expect(await failureWith(403, ACCESS_DENIED, request)).toEqual({
      name: 'StagingFailed',
      message: expect.stringMatching(/s3:\/\/staging\/invoker\/a.*: no/),
      sessions: 0,
    });
  });

  test('output that does not fit, and cannot be put into the bucket, is a named error', async () => {
    const request = { code: 'print("x" * 20_000)', maxAnswerBytes: 10_000 };
    expect(await failureWith(403, ACCESS_DENIED, request)).toEqual({
      name: 'StagingFailed',
      message: expect.stringContaining('writing s3://staging/invoker/'),
      sessions: 1,
    });
  });
});
