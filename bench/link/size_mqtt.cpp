// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A firmware with an MQTT session and every operation of it, for the size of that code.

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/link/mqtt.hpp"

namespace {

volatile std::uint8_t probe_answer;

/// A link that answers anything; the firmware does not run.
struct SizeLink {
  static aiot::Result<std::size_t> answer(std::size_t size) noexcept {
    const std::uint8_t value = probe_answer;
    if (value > size) {
      return aiot::Error::kIo;
    }
    return std::size_t{value};
  }

  aiot::Result<std::size_t> send(aiot::Bytes in) noexcept { return answer(in.size()); }

  aiot::Result<std::size_t> receive(aiot::MutableBytes out) noexcept { return answer(out.size()); }

  aiot::hal::LinkState state() noexcept { return aiot::hal::LinkState{probe_answer}; }
};

std::array<std::byte, 256> probe_receive;
std::array<std::byte, 256> probe_transmit;
std::array<std::byte, 1024> probe_outbox;
std::array<std::byte, 64> probe_aliases;

}  // namespace

// Not static: its size is measured, and the compiler must not know what is in it.
aiot::link::mqtt::Session probe_ram({.receive = probe_receive,
                                     .transmit = probe_transmit,
                                     .outbox = probe_outbox,
                                     .aliases = probe_aliases});
aiot::link::mqtt::ConnectConfig probe_config;
std::string_view probe_text;

int main() {
  using namespace aiot::link::mqtt;
  SizeLink link;
  const aiot::Instant now{probe_answer};
  bool good = probe_ram.connect(probe_config, now).ok() && probe_ram.exchange(link, now).ok() &&
              probe_ram.take(probe_receive, now) != 0;
  probe_ram.done(now);
  probe_ram.refuse(ReasonCode{probe_answer}, now);
  good =
      good &&
      probe_ram.publish(probe_text, probe_receive, Qos{probe_answer}, Retain{probe_answer}).ok() &&
      probe_ram.subscribe(probe_text, Qos{probe_answer}).ok() &&
      probe_ram.unsubscribe(probe_text).ok() && probe_ram.unacknowledged() != 0;
  probe_ram.step(now);
  probe_ram.sent(probe_ram.output().size(), now);
  probe_ram.disconnect(ReasonCode{probe_answer});
  probe_ram.lost();
  const Event& event = probe_ram.event();
  return good && event.kind == EventKind::kMessage && probe_ram.state() == SessionState::kUp &&
                 probe_ram.limits().retain && *to_string(event.reason) != 0 &&
                 *to_string(event.fault) != 0 && *to_string(event.cause) != 0
             ? 0
             : 1;
}
