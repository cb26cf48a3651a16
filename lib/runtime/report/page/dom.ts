/** What an element is made with: text and attributes only, so that no value of an item is ever read as HTML. */
export interface Attributes {
  readonly class?: string;
  readonly text?: string;
  readonly on?: Partial<Record<keyof HTMLElementEventMap, (event: Event) => void>>;
  readonly [attribute: string]: unknown;
}

export type Child = Node | string | undefined | false;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  apply(element, attributes, children);
  return element;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  apply(element, attributes, children);
  return element;
}

function apply(element: Element, { text, on = {}, ...attributes }: Attributes, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) {
      continue;
    }
    element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const [name, listener] of Object.entries(on)) {
    element.addEventListener(name, listener);
  }
  if (text !== undefined) {
    element.textContent = text;
  }
  element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
}

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`The report has no element #${id}.`);
  }
  return element;
}

export function button(label: string, click: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return el('button', { type: 'button', text: label, ...attributes, on: { click } });
}
