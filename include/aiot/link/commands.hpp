// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/error.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/keys.hpp"
#include "aiot/link/sealed.hpp"
#include "aiot/link/wall_clock.hpp"
#include "aiot/record/cose.hpp"

/// Commands of an operator to a device: signed, for one device, with an end, and each once.
namespace aiot::link {

/// What a device may be told. The numbers are on the wire: never reused.
enum class CommandVerb : std::uint8_t {
  kOfferImage = 1,      ///< there is an image to install
  kSetPolicy = 2,       ///< the bytes of another policy
  kRequestContext = 3,  ///< send the context again
  kCommission = 4,      ///< learn the machine's baseline anew
};

/// "offer-image", "set-policy", "request-context", "commission"; nullptr for another number.
const char* to_string(CommandVerb verb) noexcept;

struct ImageOffer {
  std::string_view name{};  ///< where it is to be had: a topic or URL, 1 to `kMaxImageName` bytes
  std::uint64_t size_bytes = 0;  ///< at least 1
  Hash256 hash{};                ///< SHA-256 of the whole file
};

inline constexpr std::size_t kMaxImageName = 256;

/// A command; views of one that was read point into its message.
struct Command {
  std::string_view device{};
  std::uint64_t counter = 0;         ///< higher than that of every command before
  std::uint64_t expires_unix_s = 0;  ///< not carried out after this second
  CommandVerb verb = CommandVerb::kRequestContext;
  ImageOffer image{};              ///< kOfferImage
  Bytes policy{};                  ///< kSetPolicy; at least 1 byte
  std::uint32_t observations = 0;  ///< kCommission; at least 1
};

/// Why a command is not carried out. Of several faults the first one that is met counts. The
/// numbers are on the wire and in logs: never reused.
enum class CommandFault : std::uint8_t {
  kNone = 0,
  kForm = 1,            ///< no message of the form; `record::CoseFault` says why
  kUnsigned = 2,        ///< a code in place of a signature
  kHeader = 3,          ///< a header that commands do not have
  kNoKey = 4,           ///< the device has no operator's key, or could not use it
  kSignature = 5,       ///< the signature does not match
  kPayload = 6,         ///< signed, but not a command
  kDevice = 7,          ///< for another device
  kReplayed = 8,        ///< its counter is not above that of a command before
  kNoTime = 9,          ///< the device does not know the time yet
  kTimeUncertain = 10,  ///< the device knows the time too badly to say whether it has expired
  kExpired = 11,        ///< too late
  kVerb = 12,           ///< a verb that this version does not know
  kArguments = 13,      ///< arguments that the verb does not take
};

/// What is wrong, in one sentence for tools and logs; never null.
const char* to_string(CommandFault fault) noexcept;

struct CommandVerdict {
  CommandFault fault = CommandFault::kNone;
  record::CoseFault form = record::CoseFault::kNone;
  /// True when the operator's signature matches, whatever else is wrong. Only then anything in
  /// `command` is to be believed, and only then the device answers.
  bool authentic = false;
  Command command{};  ///< as far as it was read when `fault` was met

  [[nodiscard]] constexpr bool ok() const noexcept { return fault == CommandFault::kNone; }
};

/// Decides which commands a device carries out. Checks the signature first, so that everything else
/// it says is said of the operator's word; that costs a verification for each message, and the
/// broker's access rules must keep strangers from sending them.
///
/// A command is carried out at most once: when `check` finds no fault, write its counter where it
/// outlives a power cut, call `spent`, carry it out, answer.
class CommandGuard {
 public:
  /// `last_counter`: the one that was stored last, 0 on a new device. The operator's public key is
  /// `KeyId::kCommand` of `keys`. The name and the key store must outlive the guard.
  CommandGuard(std::string_view device, hal::KeyStoreRef keys, std::uint64_t last_counter) noexcept;

  /// `now`: what `WallClock::at` says; an error: the time is not known.
  [[nodiscard]] CommandVerdict check(Bytes message, const Result<WallTime>& now) const noexcept;

  /// `counter` is stored: no command up to it will be accepted. A lower one than before is a bug of
  /// the caller.
  void spent(std::uint64_t counter) noexcept;

  [[nodiscard]] std::uint64_t last_counter() const noexcept { return last_counter_; }

 private:
  [[nodiscard]] CommandFault check_signature(const record::CoseView& view) const noexcept;

  std::string_view device_;
  hal::KeyStoreRef keys_;
  std::uint64_t last_counter_;
};

/// Bytes of buffer that a command takes beside device, image name and policy.
inline constexpr std::size_t kCommandBytes = 192;

/// The operator's side: signs with `KeyId::kCommand`.
/// Errors: `kInvalidArgument` a value that a device would refuse; `kNoSpace`; those of the key
/// store.
Result<Bytes> seal_command(const Command& command,
                           hal::KeyStoreRef keys,
                           MutableBytes out) noexcept;

/// What became of a command.
struct CommandAnswer {
  std::uint64_t counter = 0;
  CommandFault fault = CommandFault::kNone;  ///< why it was refused
  Error error = Error::kNone;                ///< why it could not be carried out
};

/// An answer's result as one number, as on the wire: 0 done, a `CommandFault`, or 64 and an
/// `Error`.
[[nodiscard]] std::uint16_t result_of(const CommandAnswer& answer) noexcept;

/// The answer that `result` stands for.
[[nodiscard]] CommandAnswer answer_of(std::uint64_t counter, std::uint16_t result) noexcept;

/// The device's side; `out`: `kMaxReplyBytes`. Errors: as `seal_ack`.
Result<Bytes> seal_answer(const CommandAnswer& answer,
                          const SealConfig& config,
                          hal::KeyStoreRef keys,
                          MutableBytes out) noexcept;

struct OpenedAnswer {
  SealFault fault = SealFault::kNone;
  record::CoseFault form = record::CoseFault::kNone;
  CommandAnswer answer{};

  [[nodiscard]] constexpr bool ok() const noexcept { return fault == SealFault::kNone; }
};

/// The operator's side.
[[nodiscard]] OpenedAnswer open_answer(Bytes message,
                                       const SealConfig& config,
                                       hal::KeyStoreRef keys) noexcept;

}  // namespace aiot::link
