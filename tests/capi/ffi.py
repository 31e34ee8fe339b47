#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Uses libaiot.so from another language, by its foreign function interface: ffi.py LIBRARY PACKAGE

Memory comes from the language, with whatever alignment it has; structures are declared here again, by
hand, as a vendor would do it from aiot.h.
"""

import array
import ctypes as c
import math
import pathlib
import sys
import tempfile


class Structure(c.Structure):
    """Sets struct_size, as aiot.h wants it; all else is 0."""

    def __init__(self, **members):
        super().__init__(**members)
        self.struct_size = c.sizeof(self)


Region = c.c_uint32 * 2


class Store(Structure):
    _fields_ = [("struct_size", c.c_size_t), ("context", c.c_void_p), ("geometry", c.c_uint32 * 5),
                ("flags", c.c_uint8 * 4), ("functions", c.c_void_p * 4), ("queue", Region * 3),
                ("boot_record", Region), ("baseline", Region)]


class Config(Structure):
    _fields_ = [("struct_size", c.c_size_t), ("device_id", c.c_char_p), ("site", c.c_char_p),
                ("firmware_version", c.c_char_p), ("firmware_hash", c.c_void_p), ("store", c.POINTER(Store)),
                ("machine", c.c_void_p), ("limits", c.c_void_p), ("rate_hz", c.c_float), ("scale", c.c_float),
                ("axes", c.c_uint32), ("bits", c.c_uint32), ("on_full", c.c_uint32 * 3), ("reserved", c.c_uint32)]


class Record(Structure):
    _fields_ = [("struct_size", c.c_size_t), ("first", c.c_uint64), ("last", c.c_uint64), ("size", c.c_size_t),
                ("stream", c.c_int32), ("kind", c.c_int32)]


def main():
    aiot = c.CDLL(sys.argv[1])
    for name in ("aiot_device_size", "aiot_directory_size", "aiot_max_record_size"):
        getattr(aiot, name).restype = c.c_size_t
    aiot.aiot_strerror.restype = c.c_char_p
    package = pathlib.Path(sys.argv[2]).read_bytes()

    def good(result):
        assert result >= 0, aiot.aiot_strerror(result)
        return result

    with tempfile.TemporaryDirectory() as folder:
        size = aiot.aiot_directory_size()
        directory_memory, directory, store = c.create_string_buffer(size + 1), c.c_void_p(), Store()
        message = c.create_string_buffer(200)
        place = c.byref(directory_memory, 1)  # nothing of the library needs to be aligned
        path = (folder + "/store").encode()
        opened = aiot.aiot_directory_open(place, c.c_size_t(size), path, 0, c.byref(store), c.byref(directory),
                                          message, c.c_size_t(200))
        assert opened == 0, message.value

        config = Config(device_id=b"ffi", store=c.pointer(store), rate_hz=12800, scale=0.005, axes=1, bits=16)
        size = aiot.aiot_device_size(c.byref(config))
        memory, device = c.create_string_buffer(size + 3), c.c_void_p()
        good(aiot.aiot_init(c.byref(memory, 3), c.c_size_t(size), c.byref(config), c.byref(device)))
        assert aiot.aiot_step(device, c.c_int64(0)) == -11, "no package yet"
        good(aiot.aiot_load_package(device, package, c.c_size_t(len(package)), c.c_int64(0)))

        windows = 0
        for second in range(5):
            samples = array.array("h", (int(2000 * math.sin(i * 0.1)) for i in range(12800)))
            address, count = samples.buffer_info()
            assert good(aiot.aiot_push(device, c.c_void_p(address), c.c_size_t(count))) == count
            while good(aiot.aiot_step(device, c.c_int64((second + 1) * 1_000_000))) > 0:
                windows += 1
        assert windows > 20, windows

        room = aiot.aiot_max_record_size(device)
        buffer, record, given = c.create_string_buffer(room), Record(), []
        while aiot.aiot_next_record(device, buffer, c.c_size_t(room), c.byref(record)) == 0:
            given.append((record.stream, record.kind, buffer.raw[:record.size]))
            good(aiot.aiot_acknowledge(device, record.stream, c.c_uint64(record.last)))
        assert any(b"ffi" in data for stream, kind, data in given if kind == 0), "the context names the device"
        assert any(kind == 1 for _, kind, _ in given)
        good(aiot.aiot_deinit(device))
        good(aiot.aiot_directory_close(directory))
    print(f"{windows} windows, {len(given)} records")


main()
