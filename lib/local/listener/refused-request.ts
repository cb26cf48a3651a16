/** Why a listener does not serve a request, under the names that S3 has for it. */
export type RefusalCode =
  | 'AccessDenied'
  | 'InvalidAccessKeyId'
  | 'SignatureDoesNotMatch'
  | 'RequestTimeTooSkewed'
  | 'XAmzContentSHA256Mismatch'
  | 'UnsupportedMediaType'
  | 'EntityTooLarge'
  | 'RequestTimeout'
  | 'HeadersTooLarge'
  | 'BadRequest'
  | 'InternalError';

const STATUS: Record<RefusalCode, number> = {
  AccessDenied: 403,
  InvalidAccessKeyId: 403,
  SignatureDoesNotMatch: 403,
  RequestTimeTooSkewed: 403,
  XAmzContentSHA256Mismatch: 400,
  UnsupportedMediaType: 415,
  EntityTooLarge: 413,
  RequestTimeout: 408,
  HeadersTooLarge: 431,
  BadRequest: 400,
  InternalError: 500,
};

/** A request that a listener does not serve. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';

  constructor(
    readonly code: RefusalCode,
    message: string,
  ) {
    super(message);
  }

  get status(): number {
    return STATUS[this.code];
  }
}
