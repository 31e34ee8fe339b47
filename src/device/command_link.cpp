// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/command_link.hpp"

#include <cstring>

namespace aiot::device {

void CommandLink::step(Instant now) noexcept {
  if (inlet_.waiting()) {
    const Result<Bytes> answer = service_.take(inlet_.message(), clock_.at(now), now, answer_);
    size_ = answer.value_or({}).size();
    if (size_ != 0) {
      std::memmove(answer_.data(), answer->data(), size_);
    }
    inlet_.done();
  }
  if (size_ != 0) {
    publish();
  }
}

void CommandLink::publish() noexcept {
  const Result<std::uint16_t> published = session_.publish(answers_.view(),
                                                           Bytes(answer_).first(size_),
                                                           link::mqtt::Qos::kAtLeastOnce,
                                                           link::mqtt::Retain::kNo);
  const bool later =
      published.error() == Error::kWouldBlock || published.error() == Error::kWrongState;
  size_ = later ? size_ : 0;  // a broker that takes no answers is no reason to try on
}

}  // namespace aiot::device
