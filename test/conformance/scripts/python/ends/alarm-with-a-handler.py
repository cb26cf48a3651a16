import signal
import sys
import time


def ring(number, frame):
    print("rang", number)
    sys.exit(5)


signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.1)
time.sleep(10)
