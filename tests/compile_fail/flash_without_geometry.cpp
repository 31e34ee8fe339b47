// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A flash device that does not say what it is made of can not be referred to.
// EXPECT: FlashDevice
// EXPECT: geometry

#include "aiot/hal/flash.hpp"

namespace {

class Flash {
 public:
  aiot::Status read(std::uint32_t, aiot::MutableBytes) { return {}; }

  aiot::Status program(std::uint32_t, aiot::Bytes) { return {}; }

  aiot::Status erase(std::uint32_t) { return {}; }

  aiot::Status sync() { return {}; }

#ifndef AIOT_MISUSE
  aiot::hal::FlashGeometry geometry() {
    return {};
  }
#endif
};

}  // namespace

int main() {
  Flash flash;
  const aiot::hal::FlashRef ref(flash);
  return ref.sync().ok() ? 0 : 1;
}
