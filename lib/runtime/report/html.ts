import { createHash } from 'node:crypto';
import type { BlockName } from './page-data';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for an element's content or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/**
 * JSON for a `<script>` element. With `<` written as an escape, no string in it can end the element or open a comment.
 */
export function embedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/** A `<script>` element that browsers keep as text. The content must come from {@link embedJson} or be base64. */
export function dataBlock(name: BlockName, content: string): string {
  return `<script type="application/json" data-block="${name}">${content}</script>\n`;
}

/** The policy of the report: its own style and script by their hashes, images from data URLs, nothing else. */
export function contentSecurityPolicy(inline: { readonly style: string; readonly script: string }): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `style-src ${hash(inline.style)}`,
    `script-src ${hash(inline.script)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
