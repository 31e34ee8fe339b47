// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/command_link.hpp"

#include <array>
#include <cstring>

namespace aiot::device {

void CommandLink::step(Instant now) noexcept {
  if (!inlet_.waiting()) {
    return;
  }
  // Before anything is done: what is answered and what is not would be told apart by luck.
  const Result<MutableBytes> room = session_.compose(answers_.view(),
                                                     link::kMaxReplyBytes,
                                                     link::mqtt::Qos::kAtLeastOnce,
                                                     link::mqtt::Retain::kNo);
  if (room.error() == Error::kWouldBlock || room.error() == Error::kWrongState) {
    return;
  }
  std::array<std::byte, link::kMaxReplyBytes> spare{};  // for a broker that takes no answers
  const Result<Bytes> answer =
      service_.take(inlet_.message(), clock_.at(now), now, room.ok() ? *room : spare);
  if (!answer.ok()) {
    return;
  }
  if (room.ok() && !answer->empty()) {
    std::memmove(room->data(), answer->data(), answer->size());
    (void)session_.finish(answer->size());
  }
  inlet_.done();
}

}  // namespace aiot::device
