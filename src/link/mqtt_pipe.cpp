// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/mqtt_pipe.hpp"

#include <algorithm>

namespace aiot::link {

hal::LinkState MqttPipe::state() const noexcept {
  return session_.state() == mqtt::SessionState::kUp && inlet_.granted() ? hal::LinkState::kUp
                                                                         : hal::LinkState::kDown;
}

Result<std::size_t> MqttPipe::send(Bytes in) noexcept {
  const Bytes part = in.first(std::min(in.size(), kMaxMessage));
  if (part.empty() || state() != hal::LinkState::kUp) {
    return std::size_t{0};
  }
  if (session_.publish(out_.view(), part, mqtt::Qos::kAtMostOnce, mqtt::Retain::kNo).ok()) {
    return part.size();
  }
  taken_ = 0;
  inlet_.done();
  return std::size_t{0};
}

Result<std::size_t> MqttPipe::receive(MutableBytes out) noexcept {
  if (!inlet_.waiting()) {
    taken_ = 0;  // also of one that went with its connection
    return std::size_t{0};
  }
  const Bytes left = inlet_.message().subspan(std::min(taken_, inlet_.message().size()));
  const std::size_t size = std::min(out.size(), left.size());
  std::copy_n(left.begin(), size, out.begin());
  taken_ += size;
  if (size == left.size()) {
    taken_ = 0;
    inlet_.done();
  }
  return size;
}

}  // namespace aiot::link
