#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""Compares a CBOR sequence with a CDDL file (RFC 8610).

cddl_check.py SCHEMA FILE [RULE]: exits 0 when every item of FILE matches RULE of SCHEMA (the first
one if none is named), else prints the first that does not. Knows as much of CDDL as schema/record.cddl uses: rules, groups,
choices, arrays, maps, occurrences, ranges, .size, .cbor, .cborseq, tags, literals, bstr tstr uint float null any.
Independent of the C++ code on purpose, CBOR included.
"""
import re
import struct
import sys


class Tag:
    def __init__(self, number, value):
        self.number, self.value = number, value


# --- CBOR ---------------------------------------------------------------------------------------

def decode(data, at):
    """The item at `at` and the offset behind it; definite lengths only."""
    major, low = data[at] >> 5, data[at] & 31
    at += 1
    if low >= 28:
        raise ValueError("indefinite or reserved length")
    size = 0 if low < 24 else 1 << (low - 24)
    raw = data[at:at + size]
    if len(raw) < size:
        raise ValueError("cut")
    argument = int.from_bytes(raw, "big") if size else low
    at += size
    if major == 0:
        return argument, at
    if major == 1:
        return -1 - argument, at
    if major in (2, 3):
        content = data[at:at + argument]
        if len(content) < argument:
            raise ValueError("cut")
        return (bytes(content) if major == 2 else content.decode()), at + argument
    if major == 4:
        items = []
        for _ in range(argument):
            item, at = decode(data, at)
            items.append(item)
        return items, at
    if major == 5:
        pairs = []
        for _ in range(argument):
            key, at = decode(data, at)
            value, at = decode(data, at)
            pairs.append((key, value))
        return tuple(pairs), at
    if major == 6:
        value, at = decode(data, at)
        return Tag(argument, value), at
    if size > 1:
        return struct.unpack({2: ">e", 4: ">f", 8: ">d"}[size], raw)[0], at
    return {20: False, 21: True, 22: None}[argument], at


def decode_all(data):
    """The items of a sequence; None when it is none."""
    items, at = [], 0
    while at < len(data):
        try:
            item, at = decode(data, at)
        except (ValueError, IndexError, KeyError):
            return None
        items.append(item)
    return items


# --- CDDL: types are ("kind", ...); groups are lists of (low, high, key, what) -------------------

TOKEN = re.compile(r"""\s*(?:;[^\n]*\s*)*(=>|\.\.|\.size|\.cborseq|\.cbor|\#6\.\d+|[A-Za-z][\w-]*|-?\d+|"[^"]*"
                       |[=/\[\]{}(),:?*+])""", re.X)
COMMENT_OR_SPACE = re.compile(r"(?:\s|;[^\n]*(?:\n|$))*")


class Schema:
    def __init__(self, text):
        self.tokens, at = [], COMMENT_OR_SPACE.match(text).end()
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match:
                raise SyntaxError("CDDL: " + text[at:at + 40])
            self.tokens.append(match.group(1))
            at = COMMENT_OR_SPACE.match(text, match.end()).end()
        self.at, self.rules = 0, {}
        while self.at < len(self.tokens):
            name = self.take()
            self.take("=")
            self.rules[name] = self.group_rule() if self.peek() == "(" else self.type()
        self.root = next(iter(self.rules))

    def peek(self, ahead=0):
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def take(self, expected=None):
        token = self.peek()
        if expected and token != expected:
            raise SyntaxError(f"CDDL: {expected} expected, {token} found")
        self.at += 1
        return token

    def group_rule(self):
        self.take("(")
        return ("group", self.group(")"))

    def type(self):
        choices = [self.type1()]
        while self.peek() == "/":
            self.take()
            choices.append(self.type1())
        return choices[0] if len(choices) == 1 else ("choice", choices)

    def type1(self):
        left = self.type2()
        if self.peek() == "..":
            self.take()
            return ("range", left[1], self.type2()[1])
        if self.peek() == ".size":
            self.take()
            if self.peek() != "(":
                return ("size", left, self.type2()[1])
            self.take("(")
            size = self.type1()
            self.take(")")
            return ("length", left, size)
        if self.peek() in (".cbor", ".cborseq"):
            return (self.take()[1:], left, self.type2())
        return left

    def type2(self):
        token = self.take()
        if token == "[":
            return ("array", self.group("]"))
        if token == "{":
            return ("map", self.group("}"))
        if token.startswith("#6."):
            self.take("(")
            inner = self.type()
            self.take(")")
            return ("tag", int(token[3:]), inner)
        if token.lstrip("-").isdigit():
            return ("literal", int(token))
        if token.startswith('"'):
            return ("literal", token[1:-1])
        return ("name", token)

    def group(self, end):
        entries = []
        while self.peek() != end:
            low, high = {"?": (0, 1), "*": (0, None), "+": (1, None)}.get(self.peek(), (1, 1))
            if (low, high) != (1, 1):
                self.take()
            key, what = None, None
            if self.peek(1) == ":":
                key = ("label", self.take())
                self.take(":")
                what = self.type()
            else:
                what = self.type()
                if self.peek() == "=>":
                    self.take()
                    key, what = what, self.type()
            entries.append((low, high, key, what))
            if self.peek() == ",":
                self.take()
        self.take(end)
        return entries

    # --- matching -------------------------------------------------------------------------------

    def matches(self, what, value):
        kind = what[0]
        if kind == "choice":
            return any(self.matches(choice, value) for choice in what[1])
        if kind == "literal":
            return type(value) is type(what[1]) and value == what[1]
        if kind == "range":
            return type(value) is int and what[1] <= value <= what[2]
        if kind == "size":
            if not self.matches(what[1], value):
                return False
            return value < 256 ** what[2] if type(value) is int else len(value) == what[2]
        if kind == "length":
            return self.matches(what[1], value) and self.matches(what[2], len(value))
        if kind in ("cbor", "cborseq"):
            if not self.matches(what[1], value):
                return False
            items = decode_all(value)
            if kind == "cborseq":
                return items is not None and self.matches(what[2], items)
            return items is not None and len(items) == 1 and self.matches(what[2], items[0])
        if kind == "tag":
            return (isinstance(value, Tag) and value.number == what[1]
                    and self.matches(what[2], value.value))
        if kind == "array":
            return isinstance(value, list) and len(value) in self.ends(what[1], value, 0)
        if kind == "map":
            return isinstance(value, tuple) and self.map_matches(what[1], list(value))
        return self.name_matches(what[1], value)

    def name_matches(self, name, value):
        basic = {
            "any": lambda: True,
            "uint": lambda: type(value) is int and value >= 0,
            "bstr": lambda: isinstance(value, bytes),
            "tstr": lambda: isinstance(value, str),
            "float": lambda: isinstance(value, float),
            "null": lambda: value is None,
        }
        return basic[name]() if name in basic else self.matches(self.rules[name], value)

    def ends(self, entries, items, at):
        """Where a match of all entries, from item `at` on, can end."""
        ends = {at}
        for low, high, _, what in entries:
            reached, count, now = set(), 0, ends
            while now:
                if count >= low:
                    reached |= now
                if high is not None and count == high:
                    break
                following = set()
                for start in now:
                    following |= self.one(what, items, start)
                now, count = following - reached, count + 1
            ends = reached
        return ends

    def one(self, what, items, at):
        rule = self.rules.get(what[1]) if what[0] == "name" else None
        if rule and rule[0] == "group":
            return self.ends(rule[1], items, at)
        return {at + 1} if at < len(items) and self.matches(what, items[at]) else set()

    def map_matches(self, entries, pairs):
        for low, high, key, what in entries:
            found = [p for p in pairs if self.matches(key, p[0]) and self.matches(what, p[1])]
            found = found[:high] if high is not None else found
            if len(found) < low:
                return False
            # A key that is named and whose value is wrong must not slip through to a wildcard.
            if key[0] == "literal" and not found and any(self.matches(key, p[0]) for p in pairs):
                return False
            pairs = [p for p in pairs if p not in found]
        return not pairs


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = Schema(file.read())
    with open(sys.argv[2], "rb") as file:
        data = file.read()
    rule = sys.argv[3] if len(sys.argv) > 3 else schema.root
    at, count = 0, 0
    while at < len(data):
        try:
            item, end = decode(data, at)
        except (ValueError, IndexError, KeyError) as error:
            print(f"cddl_check: no CBOR at byte {at}: {error}")
            return 1
        if not schema.matches(("name", rule), item):
            print(f"cddl_check: item {count} at byte {at} is no {rule}: {item}")
            return 1
        at, count = end, count + 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
