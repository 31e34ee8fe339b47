// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/error.hpp"
#include "aiot/core/event.hpp"
#include "aiot/core/result.hpp"
#include "aiot/core/time.hpp"
#include "aiot/device/command_record.hpp"
#include "aiot/device/device.hpp"
#include "aiot/hal/keys.hpp"
#include "aiot/link/commands.hpp"
#include "aiot/link/sealed.hpp"
#include "aiot/link/wall_clock.hpp"
#include "aiot/update/audit_keeper.hpp"
#include "aiot/update/audit_log.hpp"

namespace aiot::device {

/// Who writes down what became of commands. A default one is nobody: then there are the events.
struct CommandWitness {
  void* object = nullptr;
  void (*tell)(void* object, const update::AuditEntry& entry, Instant now) = nullptr;
};

/// The audit log of `log`, an `Updates`, which outlives the witness.
template <class Log>
CommandWitness witness_of(Log& log) noexcept {
  return {&log, [](void* object, const update::AuditEntry& entry, Instant now) {
            static_cast<Log*>(object)->tell(entry, now);
          }};
}

struct CommandServiceConfig {
  link::SealConfig seal{};  ///< the device's name, and the key of answers
  /// The name of an image that the device can be sent (`ImageOffer::name`), as a topic. Empty: it
  /// takes none, and offers are answered with `kUnsupported`.
  std::string_view image_source{};
  CommandWitness witness{};
};

/// Carries out the commands of an operator: judges, stores the counter, acts, answers, in this
/// order. So a command is carried out at most once, and a power cut in between loses that one only;
/// what it sets is stored in the same frame as its counter, and is there with it.
///
/// The same message again, as of an operator whose answer was lost, is not carried out again and
/// gets the same answer. All other old ones are answered as replayed.
///
/// Commands that are refused are events, and entries of the audit log as far as `RefusalBudget`
/// goes; so are those that were carried out, all of them.
class CommandService {
 public:
  /// All outlive this. `record` is mounted, or could not be: then every command is answered with
  /// `kCorrupt`. The operator's public key is `KeyId::kCommand` of `keys`.
  CommandService(Device& device,
                 CommandRecord& record,
                 hal::KeyStoreRef keys,
                 const CommandServiceConfig& config) noexcept;

  /// The same for a gateway that measures nothing: what is for a device is answered with
  /// `kUnsupported`, and there are no events.
  CommandService(CommandRecord& record,
                 hal::KeyStoreRef keys,
                 const CommandServiceConfig& config) noexcept;

  CommandService(const CommandService&) = delete;
  CommandService& operator=(const CommandService&) = delete;

  /// A message of the command topic. `time`: what the wall clock says now. Returns the answer, a
  /// part of `out`, of `link::kMaxReplyBytes`; empty: there is none, because the message is not the
  /// operator's, or the answer could not be sealed. Takes as long as to verify a signature, and
  /// writes to flash only what the operator has signed.
  /// Errors: `kWrongState` the device was not started.
  Result<Bytes> take(Bytes message,
                     const Result<link::WallTime>& time,
                     Instant now,
                     MutableBytes out) noexcept;

 private:
  CommandService(Device* device,
                 CommandRecord& record,
                 hal::KeyStoreRef keys,
                 const CommandServiceConfig& config) noexcept;

  [[nodiscard]] Error prepare(const link::Command& command, CommandState& next) const noexcept;
  Error act(const link::Command& command) noexcept;
  link::CommandAnswer carry_out(const link::Command& command, Bytes message, Instant now) noexcept;
  void refused(const link::CommandAnswer& answer, Instant now) noexcept;
  void note(EventId id, Error error, std::uint32_t value, Instant now) noexcept;
  void tell(update::AuditKind kind,
            std::uint64_t counter,
            std::uint32_t code,
            Instant now) noexcept;
  [[nodiscard]] bool is_newest(const link::Command& command, Bytes message) const noexcept;

  Device* device_;  // null: there is none
  CommandRecord& record_;
  hal::KeyStoreRef keys_;
  CommandServiceConfig config_;
  link::CommandGuard guard_;
  update::RefusalBudget refusals_;
  link::CommandAnswer newest_{};  // what the newest command was answered, or is after a restart
};

}  // namespace aiot::device
