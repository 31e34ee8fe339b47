// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/hal/keys.hpp"
#include "aiot/link/mqtt_sink.hpp"
#include "aiot/toolkit/record_archive.hpp"

namespace aiot::toolkit {

/// What became of a message.
enum class Intake : std::uint8_t {
  kStored = 0,   ///< the batch is on the disk: acknowledge it
  kRepeated,     ///< it was there already: acknowledge it again
  kOtherTopic,   ///< not a batch of a device
  kUnknown,      ///< of a device without a key
  kForged,       ///< the seal does not match: changed on the way, or not of that device
  kNotAccepted,  ///< sealed by the device, but it can not be what comes next; see `BatchFault`
  kNoRoom,       ///< the archive could not be written; the device sends it again
};
inline constexpr std::size_t kIntakes = 7;

/// A message of the consumer to a device.
struct ConsumerReply {
  std::string topic;
  std::vector<std::byte> bytes;
};

struct IntakeResult {
  Intake what = Intake::kOtherTopic;
  BatchFault fault = BatchFault::kNone;  ///< of kNotAccepted and kNoRoom
  std::string device{};                  ///< who says that it is from; empty: not a batch
  std::uint64_t stored = 0;              ///< records and gaps that were new
  hal::BatchAck ack{};                   ///< of a batch that was stored, or repeated
  std::optional<ConsumerReply> reply{};  ///< to publish: the acknowledgement
  std::string words{};                   ///< for the operator, one line; empty: nothing is new
};

struct ConsumerStats {
  std::array<std::uint64_t, kIntakes> messages{};  ///< by Intake
  std::uint64_t records = 0;                       ///< records and gaps that were new
  std::uint64_t pending = 0;  ///< streams that miss something; one more while there is no room
  std::uint64_t strange = 0;  ///< messages that no device sends that has its key, and its past

  [[nodiscard]] std::uint64_t of(Intake what) const noexcept {
    return messages[static_cast<std::size_t>(what)];
  }
};

/// The consumer's side of the protocol (SPEC, forwarding), without the broker: messages in,
/// acknowledgements out. A batch is acknowledged only after the archive has it on the disk.
///
/// Delivery is at least once and links break, so a batch that is out of place is nothing special:
/// the device sends what is missing, and it again. It is told once for each stream until the stream
/// goes on, and then told that it does.
class RecordConsumer {
 public:
  /// The keys of a device: they stay where they are. Empty, and `problem` says why in one line:
  /// there are none. Asked again for each message of a device that has none.
  using FindKeys = std::function<std::optional<hal::KeyStoreRef>(const std::string& device,
                                                                 std::string& problem)>;

  /// `archive` outlives this. `prefix`: begin of the topics.
  RecordConsumer(RecordArchive& archive, FindKeys keys, std::string prefix);

  /// Takes a message; `now_ms`: Unix time.
  IntakeResult take(std::string_view topic, Bytes message, std::int64_t now_ms);

  /// What to subscribe to.
  [[nodiscard]] std::string filter() const { return prefix_ + "/+/batch"; }

  [[nodiscard]] ConsumerStats stats() const;

 private:
  using Place = std::pair<std::string, int>;  // device, stream

  struct Trouble {
    std::uint32_t told = 0;     // a bit for each kind
    std::uint64_t batches = 0;  // that were not taken
    bool pending = false;       // something is missing until a batch is taken
  };

  IntakeResult taken(std::string_view topic, Bytes message, std::int64_t now_ms);
  std::string tell(const Place& place, const IntakeResult& result, const std::string& words);
  std::string end_of_trouble(const Place& place, const std::string& words);

  RecordArchive& archive_;
  FindKeys keys_;
  std::string prefix_;
  ConsumerStats stats_;
  std::map<Place, Trouble> troubles_;
  std::vector<std::byte> scratch_;
};

/// Words for people: "stored", "forged", ...
const char* to_string(Intake what) noexcept;

}  // namespace aiot::toolkit
