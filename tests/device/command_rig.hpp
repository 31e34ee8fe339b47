// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "aiot/device/command_service.hpp"
#include "tests/crypto/lent_pool.hpp"
#include "tests/device/update_rig.hpp"
#include "tests/link/seal_keys.hpp"

/// An operator, and a device that does as it is told.
namespace aiot::device_test {

using link::Command;
using link::CommandAnswer;
using link::CommandFault;
using link::CommandVerb;

inline constexpr link::SealConfig kSeal{.device = "test"};
inline constexpr std::uint64_t kEnd = 1'790'000'000;
inline constexpr link::WallTime kTime{static_cast<std::int64_t>(kEnd - 60) * 1000, 500};
inline constexpr std::string_view kSource = "aiot/test/image/in";

inline std::array<std::byte, 768> command_memory;

inline void lend_pool() {
  crypto_test::lend(crypto::kPoolBytes);
}

/// Commands of the operator; each is valid until the next.
struct Operator {
  Bytes sign(Command command) {
    const auto sealed = link::seal_command(command, keys, command_memory);
    EXPECT_TRUE(sealed.ok());
    return sealed.value_or({});
  }

  Bytes context(std::uint64_t counter) {
    return sign({.device = "test", .counter = counter, .expires_unix_s = kEnd});
  }

  Bytes policy(std::uint64_t counter, Bytes bytes) {
    return sign({.device = "test",
                 .counter = counter,
                 .expires_unix_s = kEnd,
                 .verb = CommandVerb::kSetPolicy,
                 .policy = bytes});
  }

  /// A heartbeat each so many windows, on the routine stream, and nothing else.
  Bytes heartbeat(std::uint64_t counter, std::uint32_t windows) {
    return policy(
        counter,
        decide::encode_policy({.heartbeat_windows = windows, .changes = decide::Changes::kNone}));
  }

  Bytes commission(std::uint64_t counter, std::uint32_t observations) {
    return sign({.device = "test",
                 .counter = counter,
                 .expires_unix_s = kEnd,
                 .verb = CommandVerb::kCommission,
                 .observations = observations});
  }

  Bytes image(std::uint64_t counter, Bytes file, std::string_view name = kSource) {
    return sign({.device = "test",
                 .counter = counter,
                 .expires_unix_s = kEnd,
                 .verb = CommandVerb::kOfferImage,
                 .image = {name, file.size(), crypto::sha256(file)}});
  }

  link_test::SealKeys keys;
};

/// One boot of a device that takes commands.
struct Commanded : Boot {
  explicit Commanded(sim::SimFlash& on) : Boot(on) {}

  /// The answer; with counter and fault of none when there is no answer.
  CommandAnswer take(Bytes message, const Result<link::WallTime>& time = kTime) {
    std::array<std::byte, link::kMaxReplyBytes> room{};
    const auto sealed = service.take(message, time, {now}, room);
    EXPECT_TRUE(sealed.ok());
    answered = sealed.ok() && !sealed->empty();
    if (!answered) {
      return {};
    }
    const auto opened = link::open_answer(*sealed, kSeal, operator_keys);
    EXPECT_TRUE(opened.ok());
    return opened.answer;
  }

  [[nodiscard]] std::uint32_t taken(CommandVerb verb) const {
    return events(EventId::kCommandTaken, static_cast<std::uint32_t>(verb));
  }

  [[nodiscard]] std::uint32_t refused(CommandFault fault) const {
    return events(EventId::kCommandRefused, static_cast<std::uint32_t>(fault));
  }

  /// Entries of the audit log of this kind with this code.
  [[nodiscard]] std::uint32_t entries(AuditKind kind, std::uint32_t code) const {
    store::FrameCursor cursor;
    std::array<std::byte, update::kAuditSealBytes> frame{};
    std::uint32_t found = 0;
    while (audit.log().advance(cursor, frame).ok()) {
      const auto entry = update::decode_entry(Bytes(frame).first(cursor.length));
      found += entry.ok() && entry->kind == kind && entry->code == code ? 1U : 0U;
    }
    return found;
  }

  bool answered = false;
  link_test::SealKeys command_keys;
  link_test::SealKeys operator_keys;
  device::CommandService service{
      *device,
      commands,
      command_keys,
      {.seal = kSeal, .image_source = kSource, .witness = device::witness_of(*updates)}};
};

}  // namespace aiot::device_test
