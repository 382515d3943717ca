"""Types a line into a BMC's serial console through pyghmi's client and prints what comes back."""
import sys
import time

from pyghmi.ipmi import console

TYPED = b'typed by pyghmi\r'
seen = b''


def take(data):
    global seen
    if isinstance(data, bytes):
        seen += data
    elif not isinstance(data, dict):
        seen += data.encode()


serial = console.Console(bmc='127.0.0.1', port=int(sys.argv[1]), userid='admin', password='secret', iohandler=take)
end = time.monotonic() + 20
typed = False
while time.monotonic() < end and TYPED.upper() not in seen:
    serial.wait_for_rsp(0.2)
    if serial.connected and not typed:
        typed = True
        serial.send_data(TYPED)
print(repr(seen))
serial.close()
