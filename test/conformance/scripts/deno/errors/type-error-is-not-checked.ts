const count: number = 'text' as unknown as number;
console.log(typeof count);
