import type { FileData } from '../page-data';
import { type Attributes, button, type Child, el } from './dom';
import type { Run } from './run';

/** A signed address of S3 opens this report alone: what lies beside it would be refused. */
function filesLieBeside(): boolean {
  return !/[?&]X-Amz-/i.test(location.search);
}

/**
 * Where an object is, seen from the report: undefined if it is not in the report's folder, or cannot be reached from here.
 * As a path of names only, it can lead neither elsewhere nor to anything but a file.
 */
export function besideReport(run: Run, key: string): string | undefined {
  const folder = run.run.reportKey.slice(0, run.run.reportKey.lastIndexOf('/') + 1);
  if (folder === '' || !key.startsWith(folder) || !filesLieBeside()) {
    return undefined;
  }
  const names = key.slice(folder.length).split('/');
  // Half a character cannot be written in an address.
  if (!key.isWellFormed() || names.some((name) => /^\.{0,2}$/.test(name))) {
    return undefined;
  }
  return `./${names.map(encodeURIComponent).join('/')}`;
}

/** A file's name, as a link to the file where that leads somewhere. */
export function fileLink(run: Run, file: Pick<FileData, 'key' | 'save'>, label: string): Child {
  const href = besideReport(run, file.key);
  if (href === undefined) {
    return label;
  }
  const how: Attributes = file.save ? { download: '' } : { target: '_blank', rel: 'noopener' };
  return el('a', { href, text: label, ...how });
}

/** Where an object is in S3, to read and to copy. */
export function address(run: Run, key: string): HTMLElement {
  const code = el('code', { text: `s3://${run.run.bucket}/${key}` });
  return el('span', { class: 'address' }, code, ' ', copyButton(code.textContent ?? '', code));
}

/** Copies a text; where that is not allowed, it marks the text, so that the keyboard can. */
export function copyButton(text: string, shown?: HTMLElement, label = 'Copy'): HTMLElement {
  const copy = button(label, () => void tryCopy(), { class: 'copy', 'aria-label': `${label} ${text}`, title: text });
  const tell = (word: string) => {
    copy.textContent = word;
    copy.setAttribute('aria-label', word);
    setTimeout(() => {
      copy.textContent = label;
      copy.setAttribute('aria-label', `${label} ${text}`);
    }, 2_000);
  };
  const tryCopy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      tell('Copied');
    } catch {
      if (shown) {
        getSelection()?.selectAllChildren(shown);
      }
      tell('Not allowed');
    }
  };
  return copy;
}

/** The results of all items, above everything else that is drawn. */
export function mountResults(place: HTMLElement, run: Run): void {
  const { tableKey, resultsKey } = run.run;
  const results = [tableKey, resultsKey].map((key) =>
    el(
      'span',
      {},
      fileLink(run, { key, save: true }, key.slice(key.lastIndexOf('/') + 1)),
      ' ',
      copyButton(`s3://${run.run.bucket}/${key}`, undefined, 'Copy address'),
    ),
  );
  place.append(el('span', { class: 'note', text: 'All results' }), ...results);
}

/** Adds to the addresses of the overview what needs a script. */
export function mountCopyButtons(): void {
  for (const code of document.querySelectorAll<HTMLElement>('code[data-copy]')) {
    code.after(' ', copyButton(code.textContent ?? '', code));
  }
}
