import { MEDIA_TYPES } from '../../runtime/staging/content-type';

/** What the service is taken to know besides the types of outputs. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  ...MEDIA_TYPES,
  css: 'text/css',
  gz: 'application/gzip',
  js: 'text/javascript',
  log: 'text/plain',
  mjs: 'text/javascript',
  pickle: 'application/octet-stream',
  py: 'text/x-python',
  ts: 'text/typescript',
  tsv: 'text/tab-separated-values',
  xml: 'application/xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  zip: 'application/zip',
};

/** The media type that a file's name suggests. */
export function mediaTypeOf(path: string): string | undefined {
  const extension = /\.([A-Za-z0-9]+)$/.exec(path)?.[1]?.toLowerCase();
  return extension === undefined ? undefined : BY_EXTENSION[extension];
}
