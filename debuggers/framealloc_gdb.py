# SPDX-License-Identifier: MIT OR Apache-2.0
"""framealloc in gdb: boxes, containers, arenas and handles as what they hold, and the command
`framealloc`, which tells of an allocator what each thread holds and under which tag. All of it reads
memory and calls nothing in the program, so it works on core files too.

    (gdb) source framealloc_gdb.py        or once for all in ~/.gdbinit
    (gdb) print contacts
    (gdb) framealloc alloc

Works with libstdc++ and libc++, and with programs that run as with those that have crashed.
"""

import re

import gdb
import gdb.printing


def atomic(value):
    """Result: what a std::atomic holds."""
    for path in (("_M_i",), ("_M_b", "_M_p"), ("_M_base", "_M_i"), ("__a_", "__a_value")):
        found = value
        try:
            for name in path:
                found = found[name]
            return found
        except gdb.error:
            continue
    raise gdb.error("std::atomic of an unknown standard library: " + str(value.type))


def counter(value):
    return int(atomic(value["value_"]))


def plural(count, noun):
    return "%d %s%s" % (count, noun, "" if count == 1 else "s")


def string_view(value):
    """Result: the text of a std::string_view."""
    for data, size in (("_M_str", "_M_len"), ("__data_", "__size_")):
        try:
            return value[data].string(length=int(value[size]), errors="replace")
        except gdb.error:
            continue
    return "?"


def argument(value, index=0):
    return value.type.strip_typedefs().template_argument(index)


class Buffer:
    """detail::FrameBuffer: three pointers."""

    def __init__(self, value):
        self.begin = value["begin_"]
        self.size = int(value["end_"] - self.begin)
        self.capacity = int(value["limit_"] - self.begin)

    def sane(self):
        return 0 <= self.size <= self.capacity


class FrameVecPrinter:
    def __init__(self, value):
        self.value = value
        self.buffer = Buffer(value["buffer_"])

    def to_string(self):
        if not self.buffer.sane():
            return "FrameVec that is not one: uninitialized, or its memory was overwritten"
        return "FrameVec of length %d, capacity %d" % (self.buffer.size, self.buffer.capacity)

    def children(self):
        if self.buffer.sane():
            for i in range(self.buffer.size):
                yield "[%d]" % i, self.buffer.begin[i]

    def display_hint(self):
        return "array"


class FrameSlicePrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return "FrameSlice of length %d" % int(self.value["size_"])

    def children(self):
        for i in range(int(self.value["size_"])):
            yield "[%d]" % i, self.value["data_"][i]

    def display_hint(self):
        return "array"


class FrameStringPrinter:
    def __init__(self, value):
        self.buffer = Buffer(value["chars_"]["buffer_"])

    def to_string(self):
        if not self.buffer.sane():
            return "FrameString that is not one: uninitialized, or its memory was overwritten"
        return self.buffer.begin.lazy_string(length=self.buffer.size)

    def display_hint(self):
        return "string"


class FrameMapPrinter:
    def __init__(self, value):
        self.buffer = Buffer(value["entries_"]["buffer_"])

    def to_string(self):
        if not self.buffer.sane():
            return "FrameMap that is not one: uninitialized, or its memory was overwritten"
        return "FrameMap with " + ("1 entry" if self.buffer.size == 1 else
                                   "%d entries" % self.buffer.size)

    def children(self):
        if self.buffer.sane():
            for i in range(self.buffer.size):
                entry = self.buffer.begin[i]["shown"]
                yield "[%d]k" % i, entry["first"]
                yield "[%d]v" % i, entry["second"]

    def display_hint(self):
        return "map"


class PointerPrinter:
    """Owners of one object."""

    def __init__(self, name, pointer, note=""):
        self.name = name
        self.pointer = pointer
        self.note = note

    def to_string(self):
        element = self.pointer.type.target()
        if int(self.pointer) == 0:
            return "empty %s<%s>" % (self.name, element)
        return "%s<%s> at %#x%s" % (self.name, element, int(self.pointer), self.note)

    def children(self):
        if int(self.pointer) != 0:
            yield "object", self.pointer.dereference()


def block_box(value):
    door = str(argument(value, 1))
    return PointerPrinter("HeapBox" if "HeapDoor" in door else "PoolBox", value["object_"])


def pool_arc(name):
    def make(value):
        header = value["header_"]
        note = ""
        if int(header) != 0:
            owners = int(atomic(header["owners"]))
            # All owners together hold one of the weak references.
            weak = int(atomic(header["weak"])) - (1 if owners != 0 else 0)
            note = ", %s, %d weak" % (plural(owners, "owner"), weak)
            if owners == 0:
                note += ": the object is gone"
        return PointerPrinter(name, value["object_"], note)

    return make


class IdPrinter:
    def __init__(self, name, value):
        self.name = name
        self.value = value

    def to_string(self):
        index, generation = int(self.value["index"]), int(self.value["generation"])
        if generation == 0:
            return self.name + " dangling"
        return "%s %d, generation %d" % (self.name, index, generation)


def handle(value):
    return IdPrinter("Handle<%s>" % argument(value), value["id_"])


def transfer(value):
    state = str(value["state_"]).split("::")[-1]
    note = ", %s, from thread %d" % (state, int(value["origin_"]["value"]))
    return PointerPrinter("TransferHandle", value["box_"]["object_"], note)


def state_of(arena):
    """Result: the detail::ThreadState that an arena is part of; None for the empty arena."""
    host = arena["host_"]
    if int(host) == 0:
        return None
    return host.cast(host.dynamic_type).dereference()


class FrameArenaPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        state = state_of(self.value)
        if state is None:
            return "FrameArena of a thread that is not attached"
        clock = int(atomic(self.value["clock_"]))
        if clock == 0:
            return "FrameArena that has not been in a frame"
        own = self.value.address is not None and int(self.value.address) == int(
            state["own_arena_"].address)
        now = int(atomic(state["own_clock_"] if own else state["instance_"]["clock_"]["clock_"]))
        held = int(atomic(self.value["cursor_"])) - int(atomic(self.value["origin_"]))
        return "FrameArena of thread %d: %s in frame %d%s, which %s; tag %s" % (
            int(atomic(state["id_"])["value"]), plural(held, "byte"), clock >> 1,
            " of its own" if own else "", "is open" if now == clock else "has ended",
            tag_path(state["instance_"], int(atomic(self.value["tag_"]))))


class CheckpointPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        if int(self.value["clock_"]) == 0:
            return "FrameCheckpoint of no frame"
        return "FrameCheckpoint at byte %d of frame %d" % (int(self.value["position_"]),
                                                          int(self.value["clock_"]) >> 1)


class ScratchPoolPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return 'ScratchPool "%s" of %s' % (string_view(self.value["name_"]),
                                          plural(int(self.value["capacity_"]), "byte"))


class SmartAllocPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        instance = self.value["instance_"]
        if int(instance) == 0:
            return "SmartAlloc that could not be made"
        return "SmartAlloc %#x, %s" % (int(instance), frame_text(instance.dereference()))


def frame_text(instance):
    clock = int(atomic(instance["clock_"]["clock_"]))
    if clock & 1:
        return "frame %d open" % (clock >> 1)
    ended = (clock >> 1) - 1
    return "frame %d ended" % ended if ended != 0 else "before the first frame"


def tag_path(instance, tag):
    """Result: "game::physics"; "untagged" for the tag 0."""
    nodes = instance["tags_"]["nodes_"]
    names = []
    while tag != 0 and len(names) < 64:
        node = nodes[tag]
        names.append(node["name"].string(length=int(node["length"]), errors="replace"))
        tag = int(node["parent"].cast(gdb.lookup_type("unsigned short")))
    return "::".join(reversed(names)) if names else "untagged"


def threads_of(instance):
    state = atomic(instance["all_states_"])
    while int(state) != 0:
        yield state.dereference()
        state = state["next_in_instance"]


def instance_of(value):
    """Result: the detail::Instance of a SmartAlloc, a pointer or a reference to one."""
    kind = value.type.strip_typedefs()
    if kind.code in (gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF):
        value = value.dereference() if kind.code == gdb.TYPE_CODE_PTR else value.referenced_value()
    name = value.type.strip_typedefs().unqualified().name
    if name == "framealloc::detail::Instance":
        return value
    if name != "framealloc::SmartAlloc":
        raise gdb.GdbError("framealloc: %s is no framealloc::SmartAlloc" % name)
    if int(value["instance_"]) == 0:
        raise gdb.GdbError("framealloc: this allocator could not be made")
    return value["instance_"].dereference()


class Describe(gdb.Command):
    """framealloc ALLOCATOR

What each thread holds in frame memory, and what the allocator has from the system. ALLOCATOR is an
expression: a SmartAlloc, or a pointer or reference to one."""

    def __init__(self):
        super().__init__("framealloc", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, expression, from_tty):
        if not expression.strip():
            raise gdb.GdbError("framealloc: which allocator? for example: framealloc alloc")
        instance = instance_of(gdb.parse_and_eval(expression))
        # The highest bit is a flag of the limited source.
        reserved = int(atomic(instance["limited_source_"]["reserved_"])) & ((1 << 63) - 1)
        print("%s; %s from the system" % (frame_text(instance), plural(reserved, "byte")))
        for state in threads_of(instance):
            print("  thread %d, tag %s" % (int(atomic(state["id_"])["value"]),
                                           tag_path(instance, int(state["tag_"]))))
            print("    " + FrameArenaPrinter(state["shared_arena_"]).to_string())
            if bool(atomic(state["has_own_arena_"])):
                print("    " + FrameArenaPrinter(state["own_arena_"]).to_string())


PRINTERS = {
    "FrameVec": FrameVecPrinter,
    "FrameSlice": FrameSlicePrinter,
    "FrameString": FrameStringPrinter,
    "FrameMap": FrameMapPrinter,
    "FrameBox": lambda value: PointerPrinter("FrameBox", value["object_"]),
    "detail::BlockBox": block_box,
    "PoolArc": pool_arc("PoolArc"),
    "PoolWeak": pool_arc("PoolWeak"),
    "TransferHandle": transfer,
    "Handle": handle,
    "GenerationalId": lambda value: IdPrinter("id", value),
    "FrameArena": FrameArenaPrinter,
    "FrameCheckpoint": CheckpointPrinter,
    "ScratchPool": ScratchPoolPrinter,
    "SmartAlloc": SmartAllocPrinter,
}


def make_printers():
    printers = gdb.printing.RegexpCollectionPrettyPrinter("framealloc")
    for name, printer in PRINTERS.items():
        printers.add_printer(name, "^framealloc::%s(<.*>)?$" % re.escape(name), printer)
    return printers


gdb.printing.register_pretty_printer(gdb.current_objfile(), make_printers(), replace=True)
Describe()
