import getpass
getpass.getpass()
