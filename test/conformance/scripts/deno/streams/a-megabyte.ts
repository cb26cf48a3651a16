for (let line = 0; line < 16384; line++) console.log(String(line).padStart(63, '0'));
