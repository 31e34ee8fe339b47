// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/link/mqtt_packet.hpp"

namespace aiot::link::mqtt {

/// A message on its way to the broker.
struct OutMessage {
  std::string_view topic{};
  Bytes payload{};
  std::uint16_t id = 0;  ///< 0: QoS 0
  bool retain = false;
  bool dup = false;  ///< was sent before, in this session
};

/// Messages in the order of their publication, kept until they are acknowledged (QoS 1) or sent
/// (QoS 0).
class Outbox {
 public:
  /// Bytes that a message takes beside its topic and payload.
  static constexpr std::size_t kOverhead = 12;

  explicit Outbox(MutableBytes memory) noexcept : memory_(memory) {}

  /// Copies a message but for its payload, for which there is room of `bytes` at the place that is
  /// returned. `commit` has to be the next call; without it nothing is kept. The message is not
  /// sent yet, whatever its `dup` says. Errors: `kNoSpace` larger than the memory; `kWouldBlock` no
  /// room now.
  Result<MutableBytes> reserve(const OutMessage& message, std::size_t bytes) noexcept;

  /// The first `bytes` of what was reserved are the payload. Returns the identifier.
  std::uint16_t commit(std::size_t bytes) noexcept;

  /// The message that is sent next; its spans are valid until another function is called.
  /// Errors: `kEmpty`.
  [[nodiscard]] Result<OutMessage> next() const noexcept;

  /// Bytes of the next message go out from now on: it counts as sent before, should it be repeated.
  void begin() noexcept;

  /// The next message is sent.
  void advance() noexcept;

  /// The next message is not sent at all.
  void drop() noexcept;

  /// The message `id` is acknowledged. False: no such message was sent on this connection.
  bool acknowledge(std::uint16_t id) noexcept;

  /// Another connection: everything of QoS 1 is to be sent (again), what is left of QoS 0 is gone.
  void rewind() noexcept;

  /// The broker has forgotten the session: nothing was sent before.
  void forget() noexcept;

  [[nodiscard]] bool holds(std::uint16_t id) const noexcept;

  /// QoS 1 messages without an acknowledgement.
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

  /// Those of them that were sent on this connection.
  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }

 private:
  struct Entry {
    std::uint32_t payload = 0;  // bytes
    std::uint16_t topic = 0;    // bytes
    std::uint16_t id = 0;
    std::uint32_t flags = 0;
  };

  static_assert(sizeof(Entry) == kOverhead);

  [[nodiscard]] Entry load(std::size_t at) const noexcept;
  void save(std::size_t at, const Entry& entry) noexcept;
  void mark(std::size_t at, std::uint32_t clear, std::uint32_t set) noexcept;
  [[nodiscard]] static std::size_t size_of(const Entry& entry) noexcept;
  [[nodiscard]] std::size_t find(std::uint16_t id, std::size_t end) const noexcept;
  void remove(std::size_t at) noexcept;
  void compact() noexcept;

  MutableBytes memory_;
  std::size_t first_ = 0;  // the oldest message
  std::size_t next_ = 0;   // to be sent
  std::size_t end_ = 0;
  std::size_t reserved_ = 0;  // bytes for a payload behind `end_`
  std::size_t waiting_ = 0;
  std::size_t in_flight_ = 0;
};

}  // namespace aiot::link::mqtt
