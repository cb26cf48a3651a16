import { CODE_TOOL_LIMITS } from '../../contract/code-tools';

const { textCharacters, answerCharacters } = CODE_TOOL_LIMITS;
/** Of a text that finds the budget spent, so much stays. */
const MIN_CHARACTERS = 400;

export interface FittedText {
  readonly text: string;
  /** Whether something was left out. */
  readonly cut: boolean;
}

/** What the texts of one answer may take together. */
export class TextBudget {
  private left: number = answerCharacters;

  fit(text: string): FittedText {
    const limit = Math.max(MIN_CHARACTERS, Math.min(textCharacters, this.left));
    const fitted = cutInTheMiddle(text, limit);
    this.left -= fitted.length;
    return { text: fitted, cut: fitted !== text };
  }
}

/** The beginning and the end of a text, with a line between that says what is missing. A character stays whole. */
export function cutInTheMiddle(text: string, limit: number): string {
  if (text.length <= limit) {
    return text;
  }
  const head = text.slice(0, Math.ceil(limit / 2)).replace(/[\ud800-\udbff]$/, '');
  const tail = text.slice(text.length - Math.floor(limit / 2)).replace(/^[\udc00-\udfff]/, '');
  const missing = text.length - head.length - tail.length;
  return `${head}\n[... ${missing} characters left out ...]\n${tail}`;
}
