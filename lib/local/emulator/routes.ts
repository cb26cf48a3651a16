/** The operations of the data plane and of what is here of the control plane. */
export type OperationName =
  | 'StartCodeInterpreterSession'
  | 'GetCodeInterpreterSession'
  | 'ListCodeInterpreterSessions'
  | 'StopCodeInterpreterSession'
  | 'InvokeCodeInterpreter'
  | 'CreateCodeInterpreter'
  | 'GetCodeInterpreter'
  | 'ListCodeInterpreters'
  | 'DeleteCodeInterpreter';

const ROUTES: readonly {
  readonly method: string;
  readonly path: readonly string[];
  readonly operation: OperationName;
}[] = [
  { method: 'PUT', path: ['code-interpreters', '*', 'sessions', 'start'], operation: 'StartCodeInterpreterSession' },
  { method: 'GET', path: ['code-interpreters', '*', 'sessions', 'get'], operation: 'GetCodeInterpreterSession' },
  { method: 'POST', path: ['code-interpreters', '*', 'sessions', 'list'], operation: 'ListCodeInterpreterSessions' },
  { method: 'PUT', path: ['code-interpreters', '*', 'sessions', 'stop'], operation: 'StopCodeInterpreterSession' },
  { method: 'POST', path: ['code-interpreters', '*', 'tools', 'invoke'], operation: 'InvokeCodeInterpreter' },
  { method: 'PUT', path: ['code-interpreters'], operation: 'CreateCodeInterpreter' },
  { method: 'GET', path: ['code-interpreters', '*'], operation: 'GetCodeInterpreter' },
  { method: 'POST', path: ['code-interpreters'], operation: 'ListCodeInterpreters' },
  { method: 'DELETE', path: ['code-interpreters', '*'], operation: 'DeleteCodeInterpreter' },
];

export interface Route {
  readonly operation: OperationName;
  /** The code interpreter's id or ARN, decoded; empty where the path has none. */
  readonly identifier: string;
}

/** The operation that a method and a path name, or undefined. */
export function findRoute(method: string, path: string): Route | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  const route = ROUTES.find(
    (candidate) =>
      candidate.method === method &&
      candidate.path.length === parts.length &&
      candidate.path.every((part, index) => part === '*' || part === parts[index]),
  );
  if (route === undefined) {
    return undefined;
  }
  const given = route.path.includes('*') ? (parts[1] ?? '') : '';
  try {
    return { operation: route.operation, identifier: decodeURIComponent(given) };
  } catch {
    return undefined;
  }
}
