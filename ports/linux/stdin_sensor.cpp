// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/stdin_sensor.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

#include "aiot/core/bytes.hpp"
#include "aiot/core/check.hpp"

namespace aiot::linux_port {

StdinSensor::StdinSensor(const hal::SensorFormat& format, int descriptor) noexcept
    : format_(format), descriptor_(descriptor) {
  AIOT_CHECK(format.axes > 0);
}

Status StdinSensor::start(SampleRing& ring) noexcept {
  ring_ = &ring;
  return {};
}

Status StdinSensor::service() noexcept {
  if (ring_ == nullptr) {
    return Error::kWrongState;
  }
  if (ended_) {
    return Error::kEmpty;
  }
  const std::span<std::int16_t> room = ring_->claim();
  pollfd ready{.fd = descriptor_, .events = POLLIN, .revents = 0};
  if (room.empty() || ::poll(&ready, 1, 0) <= 0) {
    return {};
  }
  std::array<std::byte, 4096> bytes{};
  const std::size_t held = has_half_ ? 1 : 0;
  bytes[0] = half_;
  const std::size_t most = std::min(bytes.size(), room.size() * 2) - held;
  const ssize_t got = ::read(descriptor_, bytes.data() + held, most);
  if (got < 0) {
    return errno == EINTR || errno == EAGAIN ? Status{} : Status{Error::kIo};
  }
  if (got == 0) {
    ended_ = true;
    return has_half_ || samples_ % format_.axes != 0 ? Error::kCorrupt : Error::kEmpty;
  }
  const std::size_t size = held + static_cast<std::size_t>(got);
  for (std::size_t i = 0; i < size / 2; ++i) {
    room[i] = static_cast<std::int16_t>(load_le16(bytes.data() + 2 * i));
  }
  ring_->commit(size / 2);
  samples_ += size / 2;
  has_half_ = size % 2 != 0;
  half_ = bytes[size - 1];
  return {};
}

}  // namespace aiot::linux_port
