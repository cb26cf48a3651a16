// Preloaded by test/support/lambda-runtime.ts. The runtime interface client asks the Runtime API by way of a native module,
// which takes cmake and autotools to build. This is the same in JavaScript; everything else is the published client.
const Module = require('node:module');

const address = () => `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
let posted = Promise.resolve();

const post = (path, body, headers) => {
  posted = posted.then(() => fetch(`${address()}/${path}`, { method: 'POST', body, headers })).then(() => {});
};

const client = {
  async next() {
    await posted;
    const response = await fetch(`${address()}/invocation/next`);
    return { bodyJson: await response.text(), headers: Object.fromEntries(response.headers) };
  },
  done: (id, body) => post(`invocation/${id}/response`, body),
  error: (id, body, cause) =>
    post(`invocation/${id}/error`, body, { 'lambda-runtime-function-xray-error-cause': encodeURIComponent(cause) }),
};

const load = Module._load;
Module._load = (request, ...rest) => (request === './rapid-client.node' ? client : load(request, ...rest));
