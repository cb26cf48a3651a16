await new Deno.Command('sh', { args: ['-c', 'printf x > "output/$(printf "caf\\351.csv")"'] }).output();
