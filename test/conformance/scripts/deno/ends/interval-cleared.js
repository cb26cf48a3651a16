let count = 0;
const timer = setInterval(() => {
  console.log(++count);
  if (count === 3) clearInterval(timer);
}, 10);
