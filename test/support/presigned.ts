import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import type { LocalS3 } from '../../lib/local/runner/local-s3';

/** The presigned URL of a path of the local S3 as it is, which the SDK would take apart first. */
export async function presigned(
  { endpoint, credentials }: Pick<LocalS3, 'endpoint' | 'credentials'>,
  method: string,
  path: string,
): Promise<string> {
  const { host } = new URL(endpoint);
  const signer = new SignatureV4({
    credentials,
    region: 'us-east-1',
    service: 's3',
    uriEscapePath: false,
    sha256: Sha256,
  });
  const headers = { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const { query = {} } = await signer.presign({ method, protocol: 'http:', hostname: host, path, query: {}, headers });
  return `${endpoint}${path}?${new URLSearchParams(query as Record<string, string>)}`;
}
