import datetime
import locale
import time
print(locale.getlocale(), time.tzname, datetime.datetime.fromtimestamp(0).isoformat())
