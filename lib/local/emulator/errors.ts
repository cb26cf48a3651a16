/** The service's errors and their HTTP status (AWS API model). */
const STATUS = {
  ValidationException: 400,
  ServiceQuotaExceededException: 402,
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  ConflictException: 409,
  ThrottlingException: 429,
  InternalServerException: 500,
  // What an AWS front end answers when no operation fits; not in the model.
  UnknownOperationException: 404,
} as const;

export type ServiceErrorName = keyof typeof STATUS;
export type ValidationReason = 'CannotParse' | 'FieldValidationFailed' | 'IdempotentParameterMismatchException';

export interface InvalidField {
  readonly name: string;
  readonly message: string;
}

/** An error that the client gets. */
export class ServiceError extends Error {
  override readonly name: ServiceErrorName;
  readonly details: { readonly reason?: ValidationReason; readonly fieldList?: readonly InvalidField[] };

  constructor(name: ServiceErrorName, message: string, details: ServiceError['details'] = {}) {
    super(message);
    this.name = name;
    this.details = details;
  }

  get status(): number {
    return STATUS[this.name];
  }

  /** The value of the `x-amzn-errortype` header, in the live service's form. */
  get header(): string {
    return `${this.name}:http://internal.amazon.com/coral/com.amazon.bedrock.agentcore/`;
  }

  get body(): string {
    return JSON.stringify({ message: this.message, ...this.details });
  }
}

export function invalid(fieldList: readonly InvalidField[]): ServiceError {
  const noun = fieldList.length === 1 ? 'validation error' : 'validation errors';
  const texts = fieldList.map(({ name, message }) => `Value at '${name}' failed to satisfy constraint: ${message}`);
  return new ServiceError('ValidationException', `${fieldList.length} ${noun} detected: ${texts.join('; ')}`, {
    reason: 'FieldValidationFailed',
    fieldList,
  });
}

export function cannotParse(message: string): ServiceError {
  return new ServiceError('ValidationException', message, { reason: 'CannotParse' });
}

export function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message);
}
