import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { decodedBytes } from '../../../lib/local/runner/aws-chunks';
import { type LocalS3, startLocalS3 } from '../../../lib/local/runner/local-s3';
import { pythonWith } from '../../support/python-packages';

const run = promisify(execFile);
const PACKAGES = ['boto3==1.44.5', 'bedrock-agentcore==1.25.0', 'strands-agents-tools==0.8.10'];

/** Everything that a client may do with an object, printed as JSON. */
const BOTO3 = `
import io, json, os, urllib.request
import boto3
from botocore.config import Config
from boto3.s3.transfer import TransferConfig

endpoint = os.environ["AWS_ENDPOINT_URL_S3"]
s3 = boto3.client("s3", region_name="us-east-1", config=Config(s3={"payload_signing_enabled": True}))
plain = boto3.client("s3", region_name="us-east-1")
# Botocore signs presigned URLs for S3 with the older version 2 unless told.
presigner = boto3.client("s3", region_name="us-east-1", config=Config(signature_version="s3v4"))
key = "a b/\\u20ac+~!'()*&=.txt"
seen = {}
def read(name):
    return plain.get_object(Bucket="data", Key=name)["Body"].read().decode()
s3.put_object(Bucket="data", Key=key, Body=b"signed", ContentType="text/plain", Metadata={"of": "a  test"})
seen["signed"] = read(key)
plain.put_object(Bucket="data", Key="empty", Body=b"")
seen["empty"] = read("empty")
plain.put_object(Bucket="data", Key="form", Body=b"a=b", ContentType="application/x-www-form-urlencoded")
seen["form"] = read("form")
plain.upload_fileobj(io.BytesIO(b"x" * 12_000_000), "data", "parts.txt", ExtraArgs={"ContentType": "text/plain"},
                     Config=TransferConfig(multipart_threshold=5_000_000, multipart_chunksize=5_242_880))
seen["parts"] = plain.head_object(Bucket="data", Key="parts.txt")["ContentLength"]
url = presigner.generate_presigned_url("get_object", Params={"Bucket": "data", "Key": key})
seen["presigned"] = urllib.request.urlopen(url).read().decode()
url = presigner.generate_presigned_url("put_object", Params={"Bucket": "data", "Key": "put"})
urllib.request.urlopen(urllib.request.Request(url, data=b"by url", method="PUT"))
seen["put"] = read("put")
seen["keys"] = [one["Key"] for one in plain.list_objects_v2(Bucket="data", Prefix="")["Contents"]]
plain.copy_object(Bucket="data", Key="copy", CopySource={"Bucket": "data", "Key": key})
seen["copy"] = read("copy")
plain.delete_objects(Bucket="data", Delete={"Objects": [{"Key": "copy"}]})
seen["left"] = len(plain.list_objects_v2(Bucket="data", Prefix="copy").get("Contents", []))
print(json.dumps(seen))
`;

describe('clients of the local S3, whose signatures are verified', () => {
  let s3: LocalS3;

  beforeAll(async () => {
    s3 = await startLocalS3();
    await s3.client.send(new CreateBucketCommand({ Bucket: 'data' }));
  });
  afterAll(() => s3.stop());

  const read = (key: string) => s3.storage.read('data', key).toString();

  test.each([
    ['a string', 'text', {}],
    ['nothing', '', {}],
    ['a checksum', 'text', { ChecksumAlgorithm: 'SHA256' as const }],
    ['the content type of a form', 'a=b', { ContentType: 'application/x-www-form-urlencoded' }],
    ['metadata', 'text', { Metadata: { of: 'a  test' } }],
  ])('the SDK for JavaScript writes %s', async (_, Body, more) => {
    await s3.client.send(new PutObjectCommand({ Bucket: 'data', Key: "js/€ +~!'()*.txt", Body, ...more }));
    expect(read("js/€ +~!'()*.txt")).toBe(Body);
  });

  test('the SDK for JavaScript streams, in chunks with a trailer', async () => {
    const Body = Readable.from([Buffer.from('one '), Buffer.from('two')]);
    await s3.client.send(
      new PutObjectCommand({ Bucket: 'data', Key: 'streamed', Body, ContentLength: 7, ChecksumAlgorithm: 'CRC32' }),
    );
    expect(read('streamed')).toBe('one two');
  });

  test('presigned URLs of the SDK for JavaScript read and write', async () => {
    const put = await getSignedUrl(s3.client, new PutObjectCommand({ Bucket: 'data', Key: 'url €.txt' }));
    expect((await fetch(put, { method: 'PUT', body: 'by url' })).status).toBe(200);
    const get = await getSignedUrl(s3.client, new GetObjectCommand({ Bucket: 'data', Key: 'url €.txt' }));
    expect(await (await fetch(get)).text()).toBe('by url');
  });

  /** As the SDK for Java does over HTTP: each chunk has a signature, which continues that of the request. */
  function sendChunks(body: string, decodedLength: number, encoding?: string): Promise<number | undefined> {
    const { host, hostname, port } = new URL(s3.endpoint);
    const headers: Record<string, string> = {
      host,
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'x-amz-decoded-content-length': String(decodedLength),
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    };
    const signer = new SignatureV4({
      credentials: s3.credentials,
      region: 'us-east-1',
      service: 's3',
      uriEscapePath: false,
      sha256: Sha256,
    });
    return new Promise((resolve, reject) => {
      const asked = { method: 'PUT', protocol: 'http:', hostname, path: '/data/chunks', headers };
      signer.sign(asked).then((signed) => {
        request({ hostname, port, method: 'PUT', path: '/data/chunks', headers: signed.headers }, (answer) =>
          resolve(answer.resume().statusCode),
        )
          .on('error', reject)
          .end(body);
      }, reject);
    });
  }
  const signature = createHash('sha256').update('x').digest('hex');
  const chunk = (data: string) => `${data.length.toString(16)};chunk-signature=${signature}\r\n${data}\r\n`;

  test.each([['aws-chunked'], ['aws-chunked,gzip'], [undefined]])(
    'signed chunks, with the encoding %s',
    async (encoding) => {
      expect(await sendChunks(chunk('one ') + chunk('two') + chunk(''), 7, encoding)).toBe(200);
      expect(read('chunks')).toBe('one two');
    },
  );

  test.each([
    ['that end early', chunk('one ').slice(0, -4), 4],
    ['without the last one', chunk('one '), 4],
    ['of another length than announced', chunk('one ') + chunk(''), 5],
    ['with a size below zero', '-5;x\r\none\r\n0\r\n', 3],
    ['with a size that is no number', 'zz\r\none\r\n0\r\n', 3],
  ])('chunks %s are refused, and nothing is kept', async (_, body, length) => {
    s3.storage.remove('data', 'chunks');
    expect(await sendChunks(body, length, 'aws-chunked')).toBe(400);
    expect(s3.storage.has('data', 'chunks')).toBe(false);
  });

  test('the bytes in chunks are counted without decoding them', () => {
    expect(decodedBytes(Buffer.from(`${chunk('one')}${chunk('')}x-amz-checksum-crc32:AA==\r\n\r\n`))).toBe(3);
    expect(decodedBytes(Buffer.alloc(0))).toBeUndefined();
  });

  test('boto3', async () => {
    const python = await pythonWith('clients', PACKAGES);
    const env = {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ACCESS_KEY_ID: s3.sessionKey.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.sessionKey.secretAccessKey,
    };
    const { stdout } = await run(python, ['-c', BOTO3], { env });
    expect(JSON.parse(stdout)).toMatchObject({
      signed: 'signed',
      empty: '',
      form: 'a=b',
      parts: 12_000_000,
      presigned: 'signed',
      put: 'by url',
      keys: expect.arrayContaining(["a b/€+~!'()*&=.txt", 'parts.txt']),
      copy: 'signed',
      left: 0,
    });
  }, 300_000);
});
