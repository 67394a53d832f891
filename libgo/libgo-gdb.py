# SPDX-License-Identifier: MIT
#
# libgo-gdb: goroutines in gdb, of processes and of core files.
#
#   (gdb) source /usr/local/share/libgo/libgo-gdb.py
#   (gdb) info goroutines
#   (gdb) goroutine 7 bt
#   (gdb) goroutine 7 frame apply level 8 info locals
#   (gdb) goroutine all bt
#
# A goroutine that does not run has left its stack pointer, frame pointer and
# resume address in its struct g. An unwinder tells gdb that the innermost
# frame of some thread was called from there, which needs no register to be
# written: so it works on core files, and changes nothing in a process. Frames
# are numbered from that thread's on.
#
# It reads libgo's own debugging information: build libgo with -g. Core files
# must be the kernel's: gdb's generate-core-file leaves a mapping out from its
# first guard page on, where Linux 6.13 makes these.

import re

import gdb
from gdb.unwinder import Unwinder, register_unwinder

# What gdb calls the registers that struct go__context holds.
REGISTERS = {
    "i386:x86-64": {"sp": "rsp", "fp": "rbp", "pc": "rip"},
    "aarch64": {"sp": "sp", "fp": "x29", "pc": "pc"},
}


def variable(function, name):
    """The value of the static variable that a function's file, or the
    function itself, calls name."""
    symbol = gdb.lookup_global_symbol(function)
    if symbol is None:
        raise gdb.GdbError("no libgo here, or one without -g")
    block = gdb.block_for_pc(int(symbol.value().address))
    return gdb.lookup_symbol(name, block)[0].value()


def text(pointer, default=""):
    return pointer.string() if int(pointer) != 0 else default


class Goroutine:
    """A struct g; thread is the one that runs it, or None."""

    def __init__(self, g, machine):
        self.id = int(g["id"])
        self.context = g["context"]
        self.name = g["name"].string()
        self.thread = None
        self.tid = 0
        self.state = "runnable"
        if machine is not None:
            self.state = "running"
            self.tid = int(machine["tid"])
            for thread in gdb.selected_inferior().threads():
                if thread.ptid[1] == self.tid:
                    self.thread = thread
        elif int(g["why"]) != 0:
            self.state = text(variable("go__why_text", "texts")[g["why"]])
        site = g["site"]
        if int(site) == 0:
            self.start = "main"
        else:
            self.start = "%s, started at %s:%d" % (
                text(site["function"]),
                text(site["file"]),
                int(site["line"]),
            )

    def __str__(self):
        where = " in thread %d" % self.thread.num if self.thread else ""
        name = self.name + ", " if self.name else ""
        return "goroutine %d [%s%s]: %s%s" % (
            self.id, self.state, where, name, self.start)


def goroutines():
    """All that live, main first, then as their stacks lie."""
    running = {}
    machine = variable("go__sched_yield", "go__sched")["made"]
    while int(machine) != 0:
        running[int(machine["g"])] = machine.dereference()
        machine = machine["next_made"]

    main = variable("go__park_main", "main_g")
    runner = running.get(int(main.address))
    if runner is None and int(main["context"]["pc"]) == 0:
        # It never parked: it still is the process's first thread.
        runner = {"tid": gdb.selected_inferior().pid}
    yield Goroutine(main, runner)

    # As go__slab_each and go__slab_g of slab.c.
    pointer = gdb.lookup_type("struct g").pointer()
    size = (pointer.target().sizeof + 63) & ~63
    slabs = variable("go__slab_each", "go__slabs")
    for i in range(1, int(variable("go__slab_each", "n_slabs"))):
        slab = slabs[i]
        slot = int(slab["stride"])
        base = int(slab["base"])
        for k in range(int(slab["n_used"])):
            if int(slab["notes"][k]) >> 31:  # NOTE_DRY
                continue
            at = base + (k + 1) * slot - size - k % 16 * 64
            g = gdb.Value(at).cast(pointer).dereference()
            if int(g["id"]) != 0:
                yield Goroutine(g, running.get(at))


class FrameId:
    def __init__(self, sp, pc):
        self.sp = sp
        self.pc = pc


class Detour(Unwinder):
    """Claims the frame of a thread that is at sp and pc, and says that it
    was called from where a goroutine left off."""

    def __init__(self):
        super().__init__("libgo")
        self.context = None

    def __call__(self, pending):
        if self.context is None:
            return None
        names = REGISTERS.get(pending.architecture().name())
        if names is None:
            return None
        if (int(pending.read_register("sp")) != self.sp
                or int(pending.read_register("pc")) != self.pc):
            return None
        # gdb wants each frame above the one that it called.
        frame = pending.create_unwind_info(
            FrameId(self.context["sp"], gdb.Value(self.pc)))
        for field, name in names.items():
            frame.add_saved_register(name, self.values[field])
        return frame

    def take(self, context):
        top = gdb.newest_frame()
        self.sp = int(top.read_register("sp"))
        self.pc = int(top.read_register("pc"))
        self.values = {name: context[name] for name in ("sp", "fp", "pc")}
        entry = gdb.parse_and_eval("(char *)&go__entry")
        if int(context["pc"]) == int(entry):
            # One that has yet to begin: gdb looks a byte before the
            # address that a call returns to.
            self.values["pc"] = entry + 1
        self.context = context
        gdb.invalidate_cached_frames()

    def leave(self):
        self.context = None
        gdb.invalidate_cached_frames()

    def first_frame(self):
        """The first of the goroutine's frames."""
        frame = gdb.newest_frame()
        while frame is not None and frame.pc() != int(self.values["pc"]):
            frame = frame.older()
        if frame is None:
            raise gdb.GdbError("its stack cannot be read")
        return frame


detour = Detour()
register_unwinder(None, detour, replace=True)


def run_detached(goroutine, command):
    """Runs a command on the frames of one that no thread runs."""
    detour.take(goroutine.context)
    try:
        first = detour.first_frame()
        first.select()
        skip = first.level()
        if not re.match(r"(bt|backtrace|where)\b", command):
            gdb.execute(command)
            return
        # Without the frames that are the thread's own.
        wanted = False
        gdb.execute("set width 0")
        for line in gdb.execute(command, to_string=True).splitlines():
            number = re.match(r"#(\d+)\s", line)
            if number:
                wanted = int(number.group(1)) >= skip
            if wanted:
                print(line)
    finally:
        detour.leave()


def run(goroutine, command):
    thread, frame = gdb.selected_thread(), None
    width = gdb.parameter("width")
    if thread is None:
        raise gdb.GdbError("no process and no core file")
    try:
        frame = gdb.selected_frame().level()
        if goroutine.thread is not None:
            goroutine.thread.switch()
            gdb.execute(command)
        elif goroutine.tid != 0:
            raise gdb.GdbError("its thread %d is gone" % goroutine.tid)
        else:
            run_detached(goroutine, command)
    finally:
        gdb.execute("set width %s" % (width or 0))
        thread.switch()
        gdb.execute("frame %d" % (frame or 0), to_string=True)


class InfoGoroutines(gdb.Command):
    """List the goroutines: number, state, name, and where each started."""

    def __init__(self):
        super().__init__("info goroutines", gdb.COMMAND_STATUS)

    def invoke(self, arg, from_tty):
        for goroutine in goroutines():
            print(goroutine)


class GoroutineCommand(gdb.Command):
    """Run a command on a goroutine's stack.

    goroutine N COMMAND      as: goroutine 7 bt
    goroutine all COMMAND    on each in turn"""

    def __init__(self):
        super().__init__("goroutine", gdb.COMMAND_STACK)

    def invoke(self, arg, from_tty):
        which, _, command = arg.strip().partition(" ")
        command = command.strip() or "bt"
        if which != "all" and not which.isdigit():
            raise gdb.GdbError("goroutine: a number, or all; then a command")
        found = False
        for goroutine in list(goroutines()):
            if which not in ("all", str(goroutine.id)):
                continue
            if which == "all":
                print("%s%s" % ("\n" if found else "", goroutine))
            found = True
            run(goroutine, command)
        if not found:
            raise gdb.GdbError("goroutine %s: there is none" % which)


InfoGoroutines()
GoroutineCommand()
