globalThis.console = undefined;
Deno.writeTextFileSync = undefined;
JSON.stringify = undefined;
