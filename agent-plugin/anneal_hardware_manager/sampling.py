"""Reads samples of a block device and counts those that are not erased.

Pure of ironic-python-agent, so that it is tested on plain files.
"""

import mmap
import os
import random

MIB = 1024 * 1024
#: Size of one random sample; a multiple of every sector size in use, as direct reads need it.
SAMPLE_BYTES = 64 * 1024
ALIGNMENT = 4096


def is_uniform(block):
    """True when every byte of the block is the same.

    An erased device reads as zeroes, or as ones on some flash and self-encrypting drives.
    """
    return len(block) == 0 or (block[0] in (0x00, 0xFF) and block.count(block[0]) == len(block))


def plan(size, samples, choose=random.randrange):
    """The (offset, length) pairs to read: the first MiB, the last MiB, and random places."""
    if size == 0:
        return []
    edge = min(MIB, size)
    ranges = [(0, edge)]
    if size > edge:
        ranges.append((max(size - MIB, 0) // ALIGNMENT * ALIGNMENT, None))
    places = max((size - SAMPLE_BYTES) // ALIGNMENT, 0)
    if places:
        ranges += [(choose(places) * ALIGNMENT, SAMPLE_BYTES) for _ in range(samples)]
    return [(offset, size - offset if length is None else length) for offset, length in ranges]


class DirectReader:
    """Reads from the device itself, past the page cache.

    O_DIRECT where the device has it (the buffer is a page-aligned anonymous mapping); else the
    cached pages of the file are dropped before each read.
    """

    def __init__(self, path):
        self.direct = True
        try:
            self._fd = os.open(path, os.O_RDONLY | os.O_DIRECT)
        except OSError:
            self.direct = False
            self._fd = os.open(path, os.O_RDONLY)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._fd)

    def size(self):
        """Size of the device or file in bytes."""
        return os.lseek(self._fd, 0, os.SEEK_END)

    def read(self, offset, length):
        """Bytes at the offset; raises OSError when the device gives fewer."""
        # A file system may ask for whole blocks, so the tail of a file is read with some room.
        room = -(-length // ALIGNMENT) * ALIGNMENT
        buffer = mmap.mmap(-1, room)
        try:
            view = memoryview(buffer)
            try:
                if not self.direct:
                    os.posix_fadvise(self._fd, offset, room, os.POSIX_FADV_DONTNEED)
                got = 0
                while got < length:
                    count = os.preadv(self._fd, [view[got:]], offset + got)
                    if count == 0:
                        break
                    got += count
                if got < length:
                    raise OSError(f'read {got} of {length} bytes at {offset}')
                return bytes(view[:length])
            finally:
                view.release()
        finally:
            buffer.close()


def sample_device(path, samples, choose=random.randrange):
    """Reads the samples of one device.

    Gives a dict: size, samples_read, non_zero_samples, first_non_zero_offset, direct, error.
    A device that can't be read whole has an error and is never proven.
    """
    result = {
        'size': 0,
        'samples_read': 0,
        'non_zero_samples': 0,
        'first_non_zero_offset': None,
        'direct': False,
        'error': None,
    }
    try:
        with DirectReader(path) as reader:
            result['direct'] = reader.direct
            result['size'] = reader.size()
            fills = set()
            for offset, length in plan(result['size'], samples, choose):
                block = reader.read(offset, length)
                result['samples_read'] += 1
                if is_uniform(block):
                    fills.add(block[:1])
                    continue
                result['non_zero_samples'] += 1
                if result['first_non_zero_offset'] is None:
                    result['first_non_zero_offset'] = offset
            if len(fills) > 1:
                result['error'] = 'samples are partly zeroes and partly ones'
    except OSError as error:
        result['error'] = str(error)
    if result['error'] is None and result['size'] == 0:
        result['error'] = 'the device has no size'
    return result


def is_proven(result):
    """True when the device was read and every sample was erased."""
    return result['error'] is None and result['samples_read'] > 0 and result['non_zero_samples'] == 0
