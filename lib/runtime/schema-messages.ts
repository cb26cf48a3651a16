import * as z from 'zod/mini';

// zod/mini has no messages of its own. Imported, for this effect alone, where a message of a schema is shown.
z.config(z.locales.en());
