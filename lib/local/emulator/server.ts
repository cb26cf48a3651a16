import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WordRefusal } from '../listener/http-listener';
import { cannotParse, ServiceError } from './errors';

/** The address that a request asks for. Throws a ValidationException for an invalid one. */
export function addressOf({ url = '/' }: IncomingMessage): URL {
  const whole = url.startsWith('/') ? `http://emulator${url}` : url;
  if (!URL.canParse(whole)) {
    throw cannotParse('The request path is not a valid address');
  }
  return new URL(whole);
}

/** Answers with an error in the service's form. What is not the client's fault is an InternalServerException. */
export function answerError(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const answer = toServiceError(error);
  response.writeHead(answer.status, { ...headersOf(answer), 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

export function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) {
    return error;
  }
  const message = error instanceof Error ? error.message : String(error);
  return new ServiceError('InternalServerException', `The emulator failed: ${message}`);
}

/** What the listener refuses, in the service's form. */
export const wordRefusal: WordRefusal = ({ status, message }) => {
  const error = refusedError(status, message);
  return { headers: headersOf(error), body: error.body };
};

function refusedError(status: number, message: string): ServiceError {
  if (status === 403) {
    return new ServiceError('AccessDeniedException', message);
  }
  return status >= 500
    ? new ServiceError('InternalServerException', message)
    : new ServiceError('ValidationException', message, { reason: 'CannotParse' });
}

function headersOf({ header }: ServiceError): Record<string, string> {
  return { 'content-type': 'application/json', 'x-amzn-errortype': header, 'x-amzn-requestid': randomUUID() };
}
