// Makes the handlers' bundles small: what a Lambda never uses of the AWS SDK is left out of them.
import { readFile } from 'node:fs/promises';

/** Lambda gives a function its credentials in environment variables: no files, no SSO, no metadata service. */
const credentials = {
  name: 'credentials-from-the-environment',
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ resolveDir }) => ({
      path: 'credentials',
      namespace: 'lean',
      pluginData: { resolveDir },
    }));
    build.onLoad({ filter: /^credentials$/, namespace: 'lean' }, ({ pluginData }) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
      resolveDir: pluginData.resolveDir,
    }));
  },
};

/**
 * The SDK's schemas of all shapes and operations of a service. Their computed keys, such as `[_h]`, keep the bundler from
 * seeing that most of them are not used: the constants behind them are put in their place.
 */
const schemas = {
  name: 'schemas-without-computed-keys',
  setup(build) {
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/].*[\\/]schemas_0\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const constants = new Map([...source.matchAll(/^const (\w+) = ("[^"\n]*");$/gm)].map((match) => match.slice(1)));
      return { contents: source.replace(/\[(_\w+)\]:/g, (key, name) => `${constants.get(name) ?? key}:`) };
    });
  },
};

/** Of the SDK's package.json files, only the version is used. */
const packageInfo = {
  name: 'versions-only',
  setup(build) {
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/][^\\/]+[\\/]package\.json$/ }, async ({ path }) => ({
      contents: JSON.stringify({ version: JSON.parse(await readFile(path, 'utf8')).version }),
      loader: 'json',
    }));
  },
};

/**
 * A module that is imported at run time is kept whole, with all that it imports, which is most of the SDK's core. Here it
 * is imported as any other.
 */
const eventStreams = {
  name: 'event-streams-imported-statically',
  setup(build) {
    build.onLoad({ filter: /[\\/]@smithy[\\/]core[\\/].*[\\/]HttpProtocol\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return {
        contents: source.replace(
          /^([\s\S]*)await import\("(@smithy\/core\/event-streams)"\)/,
          'import * as eventStreams from "$2";\n$1eventStreams',
        ),
      };
    });
  },
};

/** What zod needs to write JSON Schemas, which happens when the package is built and not in a Lambda. */
const jsonSchemas = {
  name: 'zod-without-json-schema',
  setup(build) {
    build.onLoad(
      { filter: /[\\/]zod[\\/]v4[\\/]core[\\/](json-schema-processors|to-json-schema)\.js$/ },
      async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const names = [...source.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
        // They are made into methods of schemas at once, but called by nobody.
        return { contents: names.map((name) => `export const ${name} = () => () => undefined;`).join('\n') };
      },
    );
  },
};

/** Messages in English only. */
const messages = {
  name: 'zod-in-english',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

export const leanHandlers = [messages, credentials, schemas, packageInfo, eventStreams, jsonSchemas];
