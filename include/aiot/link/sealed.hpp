// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/keys.hpp"
#include "aiot/hal/sink.hpp"
#include "aiot/record/cose.hpp"

/// Batches and acknowledgements as they travel: sealed from the device to the consumer, so that
/// whatever is between them can neither change nor make one. Each kind of message is authenticated
/// together with a name of its own, and cannot be taken for another (SPEC, seals).
namespace aiot::link {

inline constexpr std::size_t kMaxDeviceBytes = 64;

/// How batches are sealed. A code proves to who has the key, and costs the device 70 instructions a
/// byte on a Cortex-M4; a signature proves to everybody, and costs 15 million instructions each.
enum class BatchSeal : std::uint8_t { kMac, kSignature };

/// What device and consumer agree on.
struct SealConfig {
  std::string_view device{};  ///< name of the device, UTF-8, 1 to `kMaxDeviceBytes` bytes
  BatchSeal batches = BatchSeal::kMac;
  hal::KeyId batch_key = hal::KeyId::kDevice;  ///< of batches: symmetric, or P-256 for signatures
  hal::KeyId reply_key = hal::KeyId::kDevice;  ///< symmetric: of acknowledgements and answers
  /// The device's: which of its starts this is, a number that no other start has or that nobody can
  /// guess. Acknowledgements repeat it, so that one of an earlier start, of a batch with the same
  /// bytes, is told apart. 0: it is not said.
  std::uint64_t run = 0;
};

/// Why a message is not accepted. Of several faults the first one that is met counts. The numbers
/// are kept in logs: never reused.
enum class SealFault : std::uint8_t {
  kNone = 0,
  kForm = 1,     ///< no message of the form; `record::CoseFault` says why
  kKind = 2,     ///< sealed in another way than agreed
  kDevice = 3,   ///< of another device, or of none
  kHeader = 4,   ///< header of our own is missing, has another form, or must not be there
  kPayload = 5,  ///< payload of another form
  kKey = 6,      ///< there is no such key, or it could not be used
  kSeal = 7,     ///< the seal does not match: changed, made with another key, or of another kind
};

/// What is wrong, in one sentence for tools and logs; never null.
const char* to_string(SealFault fault) noexcept;

/// Bytes of buffer that sealing or opening a batch takes beside its payload.
inline constexpr std::size_t kBatchSealBytes = 240;

/// Seals `batch` into `out`, of at least `payload + kBatchSealBytes` bytes; the result is a part of
/// `out`. The payload is moved once, and may be in `out`; its hash is not sent, the consumer
/// computes it. The device's time: one hash of the payload, and a signature if so configured.
/// Errors: `kNoSpace` `out` is too small; `kInvalidArgument` the name of the device, or a batch
/// without payload; those of the key store.
Result<Bytes> seal_batch(const hal::Batch& batch,
                         const SealConfig& config,
                         hal::KeyStoreRef keys,
                         MutableBytes out) noexcept;

/// The name of the device that a message says it is about, to look for its keys; a part of
/// `message`, empty when it says none. Not to be believed before the message was opened.
[[nodiscard]] std::string_view claimed_device(Bytes message) noexcept;

struct OpenedBatch {
  SealFault fault = SealFault::kNone;
  record::CoseFault form = record::CoseFault::kNone;
  hal::Batch batch{};     ///< all of it; the payload is a part of the message
  std::uint64_t run = 0;  ///< see `SealConfig`; its acknowledgement says the same

  [[nodiscard]] constexpr bool ok() const noexcept { return fault == SealFault::kNone; }
};

/// The consumer's side. `scratch`, of at least `message + kBatchSealBytes` bytes, is needed for
/// codes only. What is left to check are the records and the chain (SPEC, batches).
[[nodiscard]] OpenedBatch open_batch(Bytes message,
                                     const SealConfig& config,
                                     hal::KeyStoreRef keys,
                                     MutableBytes scratch) noexcept;

/// An acknowledgement, and what the consumer's clock said when it was made.
struct TimedAck {
  hal::BatchAck ack{};
  std::optional<std::int64_t> unix_ms{};  ///< 0 to `kMaxUnixMs`; empty: the consumer does not know
  std::uint64_t run = 0;                  ///< as the batch that is acknowledged says
};

/// The end of the year 9999.
inline constexpr std::int64_t kMaxUnixMs = 253402300799999;

/// No acknowledgement or answer is larger.
inline constexpr std::size_t kMaxReplyBytes = 224;

/// The consumer's side. Errors: `kNoSpace`; `kInvalidArgument` the name of the device, or the time;
/// those of the key store.
Result<Bytes> seal_ack(const TimedAck& ack,
                       const SealConfig& config,
                       hal::KeyStoreRef keys,
                       MutableBytes out) noexcept;

struct OpenedAck {
  SealFault fault = SealFault::kNone;
  record::CoseFault form = record::CoseFault::kNone;
  TimedAck value{};

  [[nodiscard]] constexpr bool ok() const noexcept { return fault == SealFault::kNone; }
};

/// The device's side. An old acknowledgement that somebody sends again opens as well: neither its
/// hash nor its time counts unless that batch is in flight, and its time only when it is of this
/// start (see `OfferTimes`, `SealConfig::run`).
[[nodiscard]] OpenedAck open_ack(Bytes message,
                                 const SealConfig& config,
                                 hal::KeyStoreRef keys) noexcept;

}  // namespace aiot::link
