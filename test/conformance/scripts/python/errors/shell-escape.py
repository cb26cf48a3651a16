!ls
