// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Key files from strangers: whatever is read is a key that is written and read again.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "aiot/core/check.hpp"
#include "aiot/toolkit/keys.hpp"

void aiot::panic(const char* file, std::uint32_t line) noexcept {
  std::fprintf(stderr, "panic %s:%u\n", file, static_cast<unsigned>(line));
  std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiot;  // NOLINT(google-build-using-namespace): a program of one function
  const Bytes content{reinterpret_cast<const std::byte*>(data), size};
  const auto open = toolkit::parse_public_key(content, "fuzz");
  if (open.ok()) {
    const std::string pem = toolkit::public_pem(*open);
    const auto again = toolkit::parse_public_key(as_bytes(pem.data(), pem.size()), "again");
    AIOT_CHECK(again.ok() && again->encoding == open->encoding);
  } else {
    AIOT_CHECK(!open.problem().text.empty());
  }
  const auto secret = toolkit::parse_private_key(content, "fuzz");
  if (secret.ok()) {
    AIOT_CHECK(open.ok() && open->encoding == secret->public_key().encoding);
    const std::string pem = toolkit::private_pem(*secret);
    const auto again = toolkit::parse_private_key(as_bytes(pem.data(), pem.size()), "again");
    AIOT_CHECK(again.ok() && again->public_key().encoding == open->encoding);
  }
  return 0;
}
