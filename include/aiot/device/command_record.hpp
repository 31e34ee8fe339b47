// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/decide/policy.hpp"
#include "aiot/decide/policy_bytes.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/hal/flash_map.hpp"

namespace aiot::device {

/// First bytes of the SHA-256 of a command's message.
using CommandId = std::array<std::byte, 8>;

/// The one file that may be installed over the session.
struct OfferedFile {
  std::uint32_t size_bytes = 0;
  Hash256 hash{};  ///< SHA-256 of all of it
};

/// What outlives a restart of the commands that a device has taken.
struct CommandState {
  std::uint64_t counter = 0;  ///< of the newest one; 0: there was none
  CommandId id{};             ///< of the newest one
  std::uint16_t result = 0;   ///< what it is answered with when it comes again (SPEC, commands)
  std::optional<decide::PolicyConfig> policy{};  ///< in place of the package's
  std::optional<OfferedFile> file{};             ///< offered, and not installed yet
};

/// Layout: SPEC, "Command record".
inline constexpr std::size_t kCommandStateBytes = 56 + decide::kPolicyBytes;

std::array<std::byte, kCommandStateBytes> encode(const CommandState& state) noexcept;

/// Errors: `kUnsupported` another version; `kCorrupt` another size, or what `encode` does not
/// write.
Result<CommandState> decode_commands(Bytes bytes) noexcept;

/// The state on flash, in a frame of its own region (`FlashMap::commands`): a `write` is there
/// completely after a power cut, or not at all. A counter and what its command changes are one
/// frame, so neither can be there without the other.
class CommandRecord {
 public:
  /// Finds the newest state; reads only. Errors: `kInvalidArgument` the region has size 0; those of
  /// `store::FrameLog`; `kCorrupt` the newest state can not be read any more, `kUnsupported`: it is
  /// not taken for that of a new device, which would carry out old commands again.
  Status mount(hal::FlashRef flash, const hal::FlashRegion& region) noexcept;

  [[nodiscard]] bool mounted() const noexcept { return flash_.has_value(); }

  [[nodiscard]] const CommandState& state() const noexcept { return state_; }

  /// Replaces the state, durably. When it fails `state()` stays, and the next `mount` finds the old
  /// or the new one. Errors: `kWrongState` not mounted; those of `store::FrameLog`.
  Status write(const CommandState& state) noexcept;

 private:
  std::optional<hal::FlashRef> flash_;
  hal::FlashRegion region_{};
  CommandState state_{};
};

}  // namespace aiot::device
