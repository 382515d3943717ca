"""Shortens the pauses of OpenStack's clients: 2 to 10 seconds between two looks, where fake hardware is done at once."""
import time

LONGEST_SECONDS = 0.5
_sleep = time.sleep


def sleep(seconds):
    _sleep(min(seconds, LONGEST_SECONDS))


time.sleep = sleep
