console.log(import.meta.main, import.meta.url.startsWith('file://'), import.meta.filename?.endsWith('import-meta.ts'));
