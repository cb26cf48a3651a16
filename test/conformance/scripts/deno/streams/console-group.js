console.group('outer');
console.log('inner');
console.groupEnd();
console.log('after');
