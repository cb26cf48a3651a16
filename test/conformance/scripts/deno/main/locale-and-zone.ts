console.log(new Date(0).toISOString(), (1234567.5).toLocaleString('en-US'), Intl.DateTimeFormat().resolvedOptions().timeZone);
