/** What S3 answers with. */
export class StorageError extends Error {
  constructor(
    readonly code: string,
    readonly statusCode: number,
    message: string,
  ) {
    super(message);
  }

  static noBucket(name: string): StorageError {
    return new StorageError('NoSuchBucket', 404, `The specified bucket does not exist: ${name}`);
  }

  static noKey(): StorageError {
    return new StorageError('NoSuchKey', 404, 'The specified key does not exist.');
  }

  toXml(): string {
    const message = this.message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${this.code}</Code><Message>${message}</Message></Error>`;
  }
}
