// Files that travel between the session and presigned URLs.
import { remove } from './folders.deno.js';
import { LARGE } from './places.deno.js';

const CONCURRENCY = 16;

/** Downloads files into a folder by their URLs, until the signal ends it. */
export async function fetchFiles(folder, files, ends) {
  const queue = files[Symbol.iterator]();
  const work = async () => {
    for (const { path, url } of queue) {
      await download(`${folder}/${path}`, url, ends);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
}

/** Downloads one file. Session networks are flaky, so it retries. */
export async function download(path, url, ends, attempts = 3) {
  const name = path.split('/').at(-1);
  await Deno.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
  for (let attempt = 1; ; attempt++) {
    let reason;
    try {
      const answer = await fetch(url, { signal: ends });
      if (answer.ok) {
        await Deno.writeFile(path, answer.body);
        const { size } = await Deno.stat(path);
        const whole = Number(answer.headers.get('content-length') ?? size);
        if (size === whole) {
          return;
        }
        reason = `the answer ended after ${size} of ${whole} bytes`;
      } else {
        await answer.body?.cancel();
        reason = `HTTP status ${answer.status}`;
        if (answer.status < 500) {
          attempt = attempts;
        }
      }
    } catch (error) {
      // Some versions of Deno tell the URL, which is a permission.
      reason = error.message.replaceAll(url, 'its URL');
    }
    if (ends?.aborted) {
      throw new Error(`${name} could not be fetched in the time that there was`);
    }
    if (attempt >= attempts) {
      throw new Error(`${name} could not be fetched: ${reason}`);
    }
    await new Promise((resolve) => setTimeout(resolve, attempt * 1000));
  }
}

/** Sends the large outputs of the last item to presigned URLs, then removes them. */
export async function upload(urls) {
  for (const [path, url] of Object.entries(urls)) {
    const source = `${LARGE}${path}`;
    const { size } = await Deno.stat(source);
    const file = await Deno.open(source);
    const headers = { 'content-length': String(size), 'content-type': 'application/octet-stream' };
    const answer = await fetch(url, { method: 'PUT', body: file.readable, headers });
    if (!answer.ok) {
      throw new Error(`uploading ${path}: ${answer.status} ${await answer.text()}`);
    }
  }
  await remove(LARGE);
}
