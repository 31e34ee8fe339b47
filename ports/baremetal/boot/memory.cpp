// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// What compilers and C code ask for, byte by byte: a quarter of the code of the C library's.
// Compiled so that no loop here is taken for one of these functions.

#include <cstddef>

extern "C" {

void* memcpy(void* __restrict to, const void* __restrict from, std::size_t size) {
  auto* out = static_cast<unsigned char*>(to);
  const auto* in = static_cast<const unsigned char*>(from);
  while (size-- != 0) {
    *out++ = *in++;
  }
  return to;
}

void* memmove(void* to, const void* from, std::size_t size) {
  auto* const out = static_cast<unsigned char*>(to);
  const auto* const in = static_cast<const unsigned char*>(from);
  if (out <= in) {
    return memcpy(to, from, size);
  }
  while (size-- != 0) {
    out[size] = in[size];
  }
  return to;
}

void* memset(void* to, int value, std::size_t size) {
  auto* out = static_cast<unsigned char*>(to);
  while (size-- != 0) {
    *out++ = static_cast<unsigned char>(value);
  }
  return to;
}

int memcmp(const void* a, const void* b, std::size_t size) {
  const auto* x = static_cast<const unsigned char*>(a);
  const auto* y = static_cast<const unsigned char*>(b);
  for (; size != 0; --size, ++x, ++y) {
    if (*x != *y) {
      return *x - *y;
    }
  }
  return 0;
}

std::size_t strlen(const char* text) {
  std::size_t size = 0;
  while (text[size] != '\0') {
    ++size;
  }
  return size;
}

}  // extern "C"
