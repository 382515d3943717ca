"""Writes zeroes over a whole block device, past the page cache.

Pure of ironic-python-agent, so that it is tested on plain files.
"""

import mmap
import os

#: One write; a multiple of every sector size in use, as direct writes need it.
CHUNK_BYTES = 4 * 1024 * 1024


def _open(path):
    try:
        return os.open(path, os.O_WRONLY | os.O_DIRECT)
    except OSError:
        return os.open(path, os.O_WRONLY)


def zero_device(path):
    """Overwrites every byte with zero and waits until the device has them; raises OSError where it can't."""
    # An anonymous mapping is aligned to pages, as O_DIRECT wants it.
    with mmap.mmap(-1, CHUNK_BYTES) as zeroes, memoryview(zeroes) as view:
        device = _open(path)
        try:
            size = os.lseek(device, 0, os.SEEK_END)
            written = 0
            while written < size:
                written += os.pwrite(device, view[: min(CHUNK_BYTES, size - written)], written)
            os.fsync(device)
        finally:
            os.close(device)
