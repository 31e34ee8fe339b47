#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""extract.py README OUTPUT: the one C++ block of a Markdown file."""

import pathlib
import re
import sys

blocks = re.findall(r"^```cpp\n(.*?)^```$", pathlib.Path(sys.argv[1]).read_text(), re.M | re.S)
if len(blocks) != 1:
    sys.exit(f"{sys.argv[1]}: wants exactly one ```cpp block, has {len(blocks)}")
pathlib.Path(sys.argv[2]).write_text(blocks[0])
