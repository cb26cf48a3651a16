import { el } from './dom';

/** A label under an axis, at a share of its length. */
export function tick(label: string, share: number): HTMLElement {
  const mark = el('span', { text: label });
  mark.style.setProperty('left', `${(share * 100).toFixed(3)}%`);
  return mark;
}
