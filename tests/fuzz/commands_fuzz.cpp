// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Takes arbitrary bytes for a command: as a message, and as the payload behind a signature that
// matches. What is accepted is for this device, new, not expired, and inside of its bounds; sealed
// again it has the same payload.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "aiot/link/commands.hpp"
#include "src/link/judge_command.hpp"
#include "tests/link/seal_keys.hpp"

namespace {

using namespace aiot;

constexpr std::uint64_t kLast = 4;
constexpr link::WallTime kNow{1'749'999'940'000, 500};

/// Signs with zeros: only the payload matters.
class ZeroKeys {
 public:
  Result<Bytes> public_key(hal::KeyId) noexcept { return Error::kEmpty; }

  Status sign(hal::KeyId, Bytes, MutableBytes out) noexcept {
    std::ranges::fill(out, std::byte{0});
    return {};
  }

  Status mac(hal::KeyId, Bytes, MutableBytes) noexcept { return Error::kEmpty; }
};

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  link_test::SealKeys keys;
  const link::CommandVerdict verdict = link::CommandGuard("pump-7", keys, kLast).check(bytes, kNow);
  require(!verdict.ok() || verdict.authentic);

  link::Command command;
  if (link::judge_command(bytes, "pump-7", kLast, kNow, command) != link::CommandFault::kNone) {
    return 0;
  }
  require(command.device == "pump-7" && command.counter > kLast);
  require(command.expires_unix_s * 1000 + 999 >=
          static_cast<std::uint64_t>(kNow.unix_ms + kNow.uncertainty_ms));
  ZeroKeys zeros;
  std::vector<std::byte> out(size + link::kCommandBytes);
  const Result<Bytes> again = link::seal_command(command, zeros, out);
  require(again.ok());
  const record::CoseView view = record::decode_cose(*again);
  require(view.ok() && std::ranges::equal(view.payload, bytes));
  return 0;
}
