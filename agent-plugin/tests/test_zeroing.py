import os
import tempfile
import unittest

from anneal_hardware_manager import zeroing


class ZeroDevice(unittest.TestCase):
    def setUp(self):
        handle, self.path = tempfile.mkstemp()
        os.close(handle)
        self.addCleanup(os.unlink, self.path)

    def test_every_byte_is_zero_and_the_size_stays(self):
        size = 2 * zeroing.CHUNK_BYTES + 4096 * 3
        with open(self.path, 'wb') as file:
            file.write(os.urandom(size))
        zeroing.zero_device(self.path)
        with open(self.path, 'rb') as file:
            self.assertEqual(file.read(), bytes(size))

    def test_what_cannot_be_written_is_an_error(self):
        with self.assertRaises(OSError):
            zeroing.zero_device(os.path.dirname(self.path))


if __name__ == '__main__':
    unittest.main()
