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
  table.mount(byId('items'));
  mountFailures(byId('failures'), run, open, () => table.showFailed());
  mountGallery(byId('charts'), run, open);
  mountTiming(byId('timing'), run, open);
  mountNavigation();
  window.addEventListener('beforeprint', openTracebacks);
  openLinked(run, dialog);
  window.addEventListener('hashchange', () => openLinked(run, dialog));
}

/** What is folded on the screen is wanted on paper. */
function openTracebacks(): void {
  for (const details of document.querySelectorAll<HTMLDetailsElement>('.failure details')) details.open = true;
}

function mountNavigation(): void {
  const links = [...document.querySelectorAll<HTMLElement>('main > section:not([hidden])')].map((section) =>
    el('a', { href: `#${section.id}`, text: section.querySelector('h2')?.textContent ?? section.id }),
  );
  byId('nav').append(...links);
}

/** `report.html#item=<id>` is a link to an item. */
function openLinked(run: Run, dialog: ItemDialog): void {
  const id = /^#item=(.+)$/.exec(location.hash)?.[1];
  const item = id === undefined ? undefined : run.find(decodeURIComponent(id));
  if (item) dialog.open(item, run.items);
}

main();
