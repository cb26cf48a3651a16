// Makes the handlers' bundles small: what a Lambda never uses of the AWS SDK and of zod is left out of them. Each part
// changes modules of others on the way into a bundle. Where what it changes has gone, the build fails: then the part is
// no longer needed, or has to follow.
import { readFile } from 'node:fs/promises';

/** A plugin that changes the modules that `filter` finds, of which there must be some. `change` throws if it cannot. */
function changed(name, filter, change) {
  return {
    name,
    setup(build) {
      let found = 0;
      build.onLoad({ filter }, async ({ path }) => {
        found++;
        try {
          return { contents: change(await readFile(path, 'utf8')), loader: path.endsWith('.json') ? 'json' : 'js' };
        } catch (error) {
          return { errors: [{ text: `${name}: ${path}: ${error.message}` }] };
        }
      });
      build.onEnd(() => (found > 0 ? {} : { errors: [{ text: `${name}: no module is called ${filter} any more` }] }));
    },
  };
}

function mustHave(source, pattern) {
  if (source.search(pattern) < 0) {
    throw new Error(`there is nothing like ${pattern} in it any more`);
  }
}

/** Replaces what must be there. */
function replaced(source, pattern, replacement) {
  mustHave(source, pattern);
  return source.replace(pattern, replacement);
}

/** Lambda gives a function its credentials in environment variables: no files, no SSO, no metadata service. */
const credentials = changed(
  'credentials-from-the-environment',
  /[\\/]@aws-sdk[\\/]credential-provider-node[\\/]dist-es[\\/]index\.js$/,
  (source) => {
    mustHave(source, /\bdefaultProvider\b/);
    return "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';";
  },
);

/**
 * The SDK's schemas of all shapes and operations of a service. Their computed keys, such as `[_h]`, keep the bundler from
 * seeing that most of them are not used: the constants behind them are put in their place.
 */
const schemas = changed('schemas-without-computed-keys', /[\\/]@aws-sdk[\\/].*[\\/]schemas_0\.js$/, (source) => {
  const constants = new Map([...source.matchAll(/^const (\w+) = ("[^"\n]*");$/gm)].map((match) => match.slice(1)));
  return replaced(source, /\[(_\w+)\]:/g, (_key, name) => {
    if (!constants.has(name)) {
      throw new Error(`the constant ${name} is not one of a text`);
    }
    return `${constants.get(name)}:`;
  });
});

/** Of the SDK's package.json files, only the version is used. */
const packageInfo = changed('versions-only', /[\\/]@aws-sdk[\\/][^\\/]+[\\/]package\.json$/, (source) =>
  JSON.stringify({ version: JSON.parse(source).version }),
);

/**
 * A module that is imported at run time is kept whole, with all that it imports, which is most of the SDK's core. Here it
 * is imported as any other.
 */
const eventStreams = changed(
  'event-streams-imported-statically',
  /[\\/]@smithy[\\/]core[\\/]dist-es[\\/].*[\\/]HttpProtocol\.js$/,
  (source) =>
    replaced(
      source,
      /^([\s\S]*)await import\("(@smithy\/core\/event-streams)"\)/,
      'import * as eventStreams from "$2";\n$1eventStreams',
    ),
);

/** What zod needs to write JSON Schemas, which happens when the package is built and not in a Lambda. */
const jsonSchemas = changed(
  'zod-without-json-schema',
  /[\\/]zod[\\/]v4[\\/]core[\\/](json-schema-processors|to-json-schema)\.js$/,
  (source) => {
    const exported = /^export (?:const|function) (\w+)/gm;
    mustHave(source, exported);
    const names = [...source.matchAll(exported)].map(([, name]) => name);
    // They are made into methods of schemas at once, but called by nobody.
    return names.map((name) => `export const ${name} = () => () => undefined;`).join('\n');
  },
);

/** Messages in English only. */
const messages = changed('zod-in-english', /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/, (source) =>
  replaced(source, /^[\s\S]*(export \{ default as en \} from ".\/en.js";)[\s\S]*$/, '$1'),
);

export const leanHandlers = [messages, credentials, schemas, packageInfo, eventStreams, jsonSchemas];
