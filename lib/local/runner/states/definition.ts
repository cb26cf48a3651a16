import type { JsonObject } from '../../../contract/json';

/** A state machine's definition in the Amazon States Language, as far as the runner looks into it. */
export interface Definition {
  readonly StartAt: string;
  readonly States: Record<string, StateDefinition>;
  readonly TimeoutSeconds?: number;
}

export interface StateDefinition extends JsonObject {
  readonly Type: string;
}

/** A Map state in distributed mode. */
export interface DistributedMapDefinition extends StateDefinition {
  readonly ItemProcessor: JsonObject & { ProcessorConfig: { Mode: 'DISTRIBUTED' } };
  readonly ItemReader: JsonObject & { Resource: string; ReaderConfig: JsonObject; Parameters: JsonObject };
}

export function isDistributedMap(state: StateDefinition): state is DistributedMapDefinition {
  const processor = state.ItemProcessor as { ProcessorConfig?: { Mode?: string } } | undefined;
  return state.Type === 'Map' && processor?.ProcessorConfig?.Mode === 'DISTRIBUTED';
}
