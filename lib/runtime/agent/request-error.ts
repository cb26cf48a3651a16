const NAMES: Readonly<Record<number, string>> = {
  400: 'InvalidRequest',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'ConversationBusy',
  413: 'RequestTooLarge',
  503: 'ShuttingDown',
};

/** A request that is refused: nothing has been executed. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = NAMES[status] ?? 'InvalidRequest';
  }
}
