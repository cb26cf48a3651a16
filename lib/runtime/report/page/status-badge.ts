import type { ItemStatus } from '../../../contract/batch-item';
import { el } from './dom';

export const STATUS_LABELS: Record<ItemStatus, string> = {
  succeeded: 'Succeeded',
  failed: 'Failed',
  skipped: 'Skipped',
};

export function statusBadge(status: ItemStatus): HTMLElement {
  return el('span', { class: `badge ${status}`, text: STATUS_LABELS[status] });
}
