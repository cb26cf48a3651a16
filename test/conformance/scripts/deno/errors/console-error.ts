console.error('told on stderr');
console.warn('warned');
console.log('told on stdout');
