import os
import tempfile
import unittest

from anneal_hardware_manager import sampling

MIB = sampling.MIB


class SampleDevice(unittest.TestCase):
    def setUp(self):
        handle, self.path = tempfile.mkstemp()
        os.close(handle)
        self.addCleanup(os.unlink, self.path)

    def fill(self, size, writes=()):
        with open(self.path, 'wb') as file:
            file.truncate(size)
            for offset, data in writes:
                file.seek(offset)
                file.write(data)

    def test_zeroes_are_proven(self):
        self.fill(16 * MIB)
        result = sampling.sample_device(self.path, 20)
        self.assertEqual(result['size'], 16 * MIB)
        self.assertEqual(result['samples_read'], 22)
        self.assertEqual(result['non_zero_samples'], 0)
        self.assertTrue(sampling.is_proven(result))

    def test_ones_are_proven(self):
        self.fill(4 * MIB, [(0, b'\xff' * 4 * MIB)])
        self.assertTrue(sampling.is_proven(sampling.sample_device(self.path, 8)))

    def test_a_mix_of_zeroes_and_ones_is_not(self):
        self.fill(4 * MIB, [(0, b'\xff' * MIB)])
        result = sampling.sample_device(self.path, 1, choose=lambda places: places - 1)
        self.assertIn('partly', result['error'])
        self.assertFalse(sampling.is_proven(result))

    def test_one_byte_in_the_first_mib_is_seen(self):
        self.fill(16 * MIB, [(MIB - 1, b'x')])
        result = sampling.sample_device(self.path, 1, choose=lambda places: places - 1)
        self.assertEqual((result['non_zero_samples'], result['first_non_zero_offset']), (1, 0))
        self.assertFalse(sampling.is_proven(result))

    def test_one_byte_at_the_very_end_is_seen(self):
        self.fill(16 * MIB, [(16 * MIB - 1, b'x')])
        result = sampling.sample_device(self.path, 1, choose=lambda places: 300)
        self.assertEqual(result['first_non_zero_offset'], 15 * MIB)
        self.assertFalse(sampling.is_proven(result))

    def test_a_byte_in_the_middle_is_seen_when_its_place_is_chosen(self):
        self.fill(16 * MIB, [(8 * MIB + 5, b'x')])
        here = sampling.sample_device(self.path, 1, choose=lambda places: 8 * MIB // sampling.ALIGNMENT)
        there = sampling.sample_device(self.path, 1, choose=lambda places: 3 * MIB // sampling.ALIGNMENT)
        self.assertFalse(sampling.is_proven(here))
        self.assertTrue(sampling.is_proven(there))

    def test_a_size_that_is_no_multiple_of_the_alignment_is_read_to_its_last_byte(self):
        self.fill(3 * MIB + 513, [(3 * MIB + 512, b'x')])
        self.assertFalse(sampling.is_proven(sampling.sample_device(self.path, 1, choose=lambda places: 0)))

    def test_a_tiny_device_is_read_whole(self):
        self.fill(8192, [(8191, b'x')])
        result = sampling.sample_device(self.path, 5)
        self.assertEqual((result['samples_read'], result['non_zero_samples']), (1, 1))

    def test_an_empty_device_is_not_proven(self):
        self.fill(0)
        result = sampling.sample_device(self.path, 5)
        self.assertIn('no size', result['error'])
        self.assertFalse(sampling.is_proven(result))

    def test_a_missing_device_is_not_proven(self):
        result = sampling.sample_device('/nonexistent/disk', 5)
        self.assertIn('No such file', result['error'])
        self.assertFalse(sampling.is_proven(result))

    def test_the_plan_stays_inside_the_device(self):
        for size in (1, 4096, 70000, MIB, MIB + 1, 2 * MIB - 1, 50 * MIB + 3):
            for offset, length in sampling.plan(size, 30):
                self.assertGreaterEqual(offset, 0)
                self.assertGreater(length, 0)
                self.assertLessEqual(offset + length, size)


if __name__ == '__main__':
    unittest.main()
