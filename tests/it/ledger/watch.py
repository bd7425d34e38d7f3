"""Runs `portgen status --watch` in a real pseudo terminal and leaves it in every way there is.

Usage: python3 watch.py PORTGEN FOLDER
"""
import fcntl, os, pty, select, signal, struct, subprocess, sys, termios, time

portgen, folder = sys.argv[1:]
ENTER, LEAVE, SHOW = b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?25h"
PATIENCE = 60


class Terminal:
    def __init__(self, width=80, height=24):
        self.master, self.slave = pty.openpty()
        self.resize(width, height)
        self.before = termios.tcgetattr(self.slave)
        self.seen = b""
        environment = dict(os.environ, TERM="xterm-256color")

        def own_terminal():
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

        command = [portgen, "status", "--watch", "--interval", "1"]
        self.child = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=self.slave, stdout=self.slave, stderr=self.slave, preexec_fn=own_terminal
        )

    def resize(self, width, height):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def until(self, *wanted):
        """Reads on until all of it was seen since the last time."""
        end = time.time() + PATIENCE
        while not all(text in self.seen for text in wanted):
            assert time.time() < end, (wanted, self.seen)
            if select.select([self.master], [], [], 0.2)[0]:
                self.seen += os.read(self.master, 65536)
        seen, self.seen = self.seen, b""
        return seen

    def type(self, keys):
        os.write(self.master, keys)

    def is_as_before(self):
        return termios.tcgetattr(self.slave) == self.before

    def ended(self):
        """What is left to read, and how it ended."""
        code = self.child.wait(PATIENCE)
        rest = self.seen
        while select.select([self.master], [], [], 0.2)[0]:
            rest += os.read(self.master, 65536)
        return rest, code


def left(name, leave, expect):
    terminal = Terminal()
    terminal.until(ENTER, b"api", b"q quit")
    assert not terminal.is_as_before(), name
    leave(terminal)
    rest, code = terminal.ended()
    assert code == expect, (name, code, rest)
    assert LEAVE in rest and SHOW in rest, (name, rest)
    assert terminal.is_as_before(), name
    print("left by", name)


def send(number):
    return lambda terminal: os.kill(terminal.child.pid, number)


left("q", lambda terminal: terminal.type(b"q"), 0)
left("Ctrl-C", lambda terminal: terminal.type(b"\x03"), 0)
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    left(number.name, send(number), -number)

# A filter, and a smaller terminal.
terminal = Terminal()
terminal.until(ENTER, b"api", b"q quit")
terminal.type(b"/zzz")
terminal.until(b"zzz")
terminal.type(b"\x1b")
terminal.until(b"q quit")
# Once too often, it does nothing.
terminal.type(b"\x1b")
terminal.resize(40, 10)
assert b"COMMAND" not in terminal.until(b"api", b"q quit")
# Nothing is written while nothing changes.
time.sleep(3)
quiet = b""
while select.select([terminal.master], [], [], 0)[0]:
    quiet += os.read(terminal.master, 65536)
assert len(quiet) < 200, quiet
terminal.type(b"q")
assert terminal.ended()[1] == 0
print("filtered and resized")

# Suspended, and continued.
terminal = Terminal()
terminal.until(ENTER, b"q quit")
terminal.type(b"\x1a")
terminal.until(LEAVE, SHOW)
pid, status = os.waitpid(terminal.child.pid, os.WUNTRACED)
assert os.WIFSTOPPED(status), status
assert terminal.is_as_before()
os.kill(terminal.child.pid, signal.SIGCONT)
terminal.until(ENTER, b"q quit")
assert not terminal.is_as_before()
terminal.type(b"q")
rest, code = terminal.ended()
assert (code, LEAVE in rest, terminal.is_as_before()) == (0, True, True)
print("suspended and continued")

# The terminal goes away.
terminal = Terminal()
terminal.until(ENTER, b"q quit")
os.close(terminal.slave)
os.close(terminal.master)
terminal.child.wait(PATIENCE)
print("hung up")

# Its output is no terminal: lines, nothing that steers one.
with subprocess.Popen([portgen, "status", "--watch"], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as child:
    line = child.stdout.readline()
    child.terminate()
assert line.startswith(b"shop api ") and b"\x1b" not in line, line
print("plain")
