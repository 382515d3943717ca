"""The pauses of OpenStack's clients: 2 to 10 seconds between two looks, where fake hardware is done at once."""
import time

LONGEST_SECONDS = 0.5


def shorten_pauses():
    """From now on nobody in this process sleeps longer than that."""
    full_sleep = time.sleep
    time.sleep = lambda seconds: full_sleep(min(seconds, LONGEST_SECONDS))
