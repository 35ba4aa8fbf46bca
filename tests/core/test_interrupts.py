"""Ctrl-C that meets Python's own housekeeping comes again."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import signal, sys, time, weakref
signal.signal(signal.SIGINT, signal.default_int_handler)
from costcurve.core.interrupts import listen, was_heard
listen()

class Thing:
    pass

def called_back(_):
    signal.raise_signal(signal.SIGINT)

thing = Thing()
kept = weakref.ref(thing, called_back)
try:
    del thing  # the error of the callback is lost
    time.sleep(20)
except KeyboardInterrupt:
    print("heard", was_heard())
"""


def test_ctrl_c_in_a_callback_of_python_is_not_lost():
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, timeout=15, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "heard True\n", "")
