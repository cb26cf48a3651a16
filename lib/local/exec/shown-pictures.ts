import type { InvokerResponse, ReturnedFile } from '../../contract/invoker';

const ENDINGS: Readonly<Record<string, string>> = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/svg+xml': 'svg' };

/** The pictures among the content blocks, such as those of `plt.show()`, as files under names that are not taken. */
export function shownPictures({ content, files }: InvokerResponse): ReturnedFile[] {
  const taken = new Set(files.map(({ path }) => path));
  let number = 0;
  const nextName = (ending: string): string => {
    number++;
    const name = `shown-${number}.${ending}`;
    return taken.has(name) ? nextName(ending) : name;
  };
  return content
    .filter(({ type }) => type === 'image')
    .map(({ contentType = 'image/png', bytes = 0, base64, bucket, s3Key }) => {
      return { path: nextName(ENDINGS[contentType] ?? 'bin'), bytes, contentType, base64, bucket, s3Key };
    });
}
