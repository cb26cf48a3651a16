import type { WarningGroup } from '../../contract/batch';
import type { ItemResult, ItemWarningCode } from '../../contract/batch-item';
import { GROUP_EXAMPLES } from './failure-groups';

/** Groups what items are warned of by its code; the message is that of the first item. */
export class WarningGroups {
  private readonly groups = new Map<ItemWarningCode, WarningGroup & { count: number }>();

  add({ id, warnings = [] }: ItemResult): void {
    for (const { code, message } of warnings) {
      const group = this.groups.get(code) ?? { code, message, count: 0, items: [] };
      this.groups.set(code, group);
      group.count += 1;
      if (group.items.length < GROUP_EXAMPLES) {
        group.items.push(id);
      }
    }
  }

  mostFrequentFirst(): WarningGroup[] {
    return [...this.groups.values()].sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  }
}
