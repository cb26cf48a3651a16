import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AccessKey } from './access-key';

/** A GET that is signed, so that the secret does not go to whoever else may listen there. */
export async function signedFetch(
  url: URL,
  credentials: AccessKey | undefined,
  options: Pick<RequestInit, 'signal'> = {},
): Promise<Response> {
  if (credentials === undefined) {
    return fetch(url, options);
  }
  const signer = new SignatureV4({ service: 'bedrock-agentcore', region: 'us-east-1', credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'GET',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host },
  });
  return fetch(url, { ...options, headers });
}
