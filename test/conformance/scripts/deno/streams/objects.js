console.log({ a: [1, 2, { b: new Map([['c', 1]]) }], d: null, e: undefined, f: Symbol('g') });
