import { mountCopyButtons, mountResults } from './addresses';
import { mountCombined } from './combined';
import { byId, el } from './dom';
import { mountFailures } from './failures';
import { mountGallery } from './gallery';
import { ItemDialog } from './item-dialog';
import { type Item, Run } from './run';
import { ItemTable } from './table';
import { mountTiming } from './timing';

/** The report's page: fills the sections from the embedded data. */
function main(): void {
  const run = new Run();
  const dialog = new ItemDialog(run);
  const open = (item: Item, among: readonly Item[]) => dialog.open(item, among);
  const table = new ItemTable(run, open);
  mountResults(byId('results'), run);
  mountCopyButtons();
  mountCombined(byId('combined'), run);
  table.mount(byId('items'));
  mountFailures(byId('failures'), run, open, () => table.showFailed());
  mountGallery(byId('charts'), run, open);
  mountTiming(byId('timing'), run, open);
  mountNavigation();
  unfoldForPrint();
  openLinked(run, dialog);
  window.addEventListener('hashchange', () => openLinked(run, dialog));
}

/** What is folded on the screen is wanted on paper, but for long printed output. */
function unfoldForPrint(): void {
  let folded: HTMLDetailsElement[] = [];
  window.addEventListener('beforeprint', () => {
    folded = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open], .menu, .folded)')];
    for (const details of folded) {
      details.open = true;
    }
  });
  window.addEventListener('afterprint', () => {
    for (const details of folded) {
      details.open = false;
    }
  });
}

function mountNavigation(): void {
  const links = [...document.querySelectorAll<HTMLElement>('main > section:not([hidden])')].map((section) =>
    el('a', { href: `#${section.id}`, text: section.querySelector('h2')?.textContent ?? section.id }),
  );
  byId('nav').hidden = links.length < 2;
  byId('nav').append(...links);
}

/** `report.html#item=<id>` is a link to an item. */
function openLinked(run: Run, dialog: ItemDialog): void {
  const id = /^#item=(.+)$/.exec(location.hash)?.[1];
  const item = id === undefined ? undefined : run.find(decodeURIComponent(id));
  if (item) {
    dialog.open(item, run.items);
  }
}

main();
