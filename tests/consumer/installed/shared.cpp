// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A program in C++ on the C interface: the library that runs is the one that it was compiled
// against.
#include <aiot/aiot.h>

#include <cstdio>

int main() {
  std::printf("%s %s\n", aiot_version_string(), aiot_strerror(AIOT_EMPTY));
  return aiot_version() == AIOT_VERSION_NUMBER ? 0 : 1;
}
