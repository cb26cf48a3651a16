/** Shares a number of characters fairly among items of which the count is known; what one leaves goes to the rest. */
export class TextBudget {
  constructor(
    private characters: number,
    private items: number,
    /** What one item gets at most, in characters. */
    private readonly most: number,
  ) {}

  /** The share of the next item, in characters: never less than 200, so that each says at least how it ended. */
  next(): ItemTextBudget {
    const share = Math.floor(this.characters / Math.max(1, this.items));
    this.items -= 1;
    return new ItemTextBudget(Math.min(this.most, Math.max(200, share)), (used) => {
      this.characters -= used;
    });
  }
}

/** One item's share: texts are cut in the order in which they ask, so the most important asks first. */
export class ItemTextBudget {
  constructor(
    private left: number,
    private readonly spend: (characters: number) => void,
  ) {}

  /** The text, or its beginning and end with the number of characters left out between them. */
  cut(text: string): string {
    const fitting = excerpt(text, this.left);
    this.left = Math.max(0, this.left - fitting.length);
    this.spend(fitting.length);
    return fitting;
  }

  /** Whether so much text fits; if it does, it counts as used. */
  take(characters: number): boolean {
    if (characters > this.left) {
      return false;
    }
    this.left -= characters;
    this.spend(characters);
    return true;
  }
}

/** At most about so many characters of a text: two thirds from its beginning, one third from its end. */
export function excerpt(text: string, characters: number): string {
  if (text.length <= characters) {
    return text;
  }
  const tail = Math.floor(characters / 3);
  const head = characters - tail;
  return `${text.slice(0, head)}\n[… ${text.length - characters} characters left out …]\n${tail > 0 ? text.slice(-tail) : ''}`;
}
