import { formatCount } from '../format';
import { button, byId, el } from './dom';
import { itemView } from './item-view';
import type { Item, Run } from './run';
import { statusBadge } from './status-badge';

/** Shows one item over the page; goes on to its neighbours in the list that it was opened from. */
export class ItemDialog {
  private readonly dialog = byId('item') as HTMLDialogElement;
  private among: readonly Item[] = [];
  private position = 0;

  constructor(private readonly run: Run) {
    this.dialog.addEventListener('keydown', (event) => this.key(event));
    this.dialog.addEventListener('click', (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener('close', () => {
      history.replaceState(null, '', location.pathname + location.search);
      this.dialog.replaceChildren();
    });
  }

  /** Closing the dialog gives the focus back to what opened it: the browser sees to that. */
  open(item: Item, among: readonly Item[] = [item]): void {
    this.among = among;
    this.position = Math.max(0, among.indexOf(item));
    this.draw();
    if (!this.dialog.open) {
      this.dialog.showModal();
    }
  }

  private draw(): void {
    const item = this.among[this.position];
    if (!item) {
      return;
    }
    const focused = this.dialog.contains(document.activeElement) ? document.activeElement?.id : undefined;
    const step = (id: string, label: string, by: number) =>
      button(label, () => this.step(by), { id, disabled: !this.among[this.position + by] });
    this.dialog.replaceChildren(
      el(
        'div',
        { class: 'item-head' },
        el('h2', { id: 'item-title', text: item.name }),
        statusBadge(item.status),
        el('span', {
          class: 'position',
          text: this.among.length > 1 ? `${formatCount(this.position + 1)} of ${formatCount(this.among.length)}` : '',
        }),
        step('item-previous', 'Previous', -1),
        step('item-next', 'Next', 1),
        button('Close', () => this.dialog.close(), { id: 'item-close' }),
      ),
      el('div', { id: 'item-body', class: 'item-body', tabindex: 0, autofocus: true }, ...itemView(this.run, item)),
    );
    // The keys go on working when the button that was pressed is at its end.
    const again = document.querySelector<HTMLElement>(`#${focused || 'item-body'}:enabled`) ?? byId('item-body');
    if (this.dialog.open) {
      again.focus();
    }
    // A link to the report can so name the item that is shown.
    history.replaceState(null, '', `#item=${encodeURIComponent(item.id)}`);
  }

  private step(by: number): void {
    if (!this.among[this.position + by]) {
      return;
    }
    this.position += by;
    this.draw();
  }

  private key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    if (event.key === 'ArrowLeft') {
      this.step(-1);
    } else if (event.key === 'ArrowRight') {
      this.step(1);
    }
  }
}
