// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/broker_transport.hpp"

#include <algorithm>
#include <ctime>
#include <random>
#include <utility>

namespace aiot::linux_port {

BrokerTransport::BrokerTransport(Tell tell) : tell_(std::move(tell)) {
  std::random_device device;
  random_ = (std::uint64_t{device()} << 32U) | device();
}

Status BrokerTransport::open(const std::string& url, const TlsFiles& files, std::string& message) {
  AIOT_TRY(parse_broker_url(url, url_, message));
  name_ = endpoint(url_.host, url_.port);
  return is_secure() ? tls_.load(files, message) : Status{};
}

LinkFault BrokerTransport::fault() const noexcept {
  return is_secure() ? tls_.fault() : tcp_.fault();
}

const std::string& BrokerTransport::message() const noexcept {
  return is_secure() ? tls_.message() : tcp_.message();
}

Status BrokerTransport::dial() {
  return is_secure() ? tls_.connect(url_.host, url_.port, kDialLimit)
                     : tcp_.connect(url_.host, url_.port, kDialLimit);
}

hal::LinkState BrokerTransport::state() {
  return is_secure() ? tls_.state() : tcp_.state();
}

Result<std::size_t> BrokerTransport::send(Bytes in) {
  return is_secure() ? tls_.send(in) : tcp_.send(in);
}

Result<std::size_t> BrokerTransport::receive(MutableBytes out) {
  return is_secure() ? tls_.receive(out) : tcp_.receive(out);
}

void BrokerTransport::wait(Duration limit) {
  if (state() == hal::LinkState::kDown) {
    const timespec rest{.tv_sec = limit.us / 1'000'000,
                        .tv_nsec = static_cast<long>(limit.us % 1'000'000 * 1000)};
    (void)::nanosleep(&rest, nullptr);
    return;
  }
  is_secure() ? tls_.wait(limit) : tcp_.wait(limit);
}

void BrokerTransport::step(Instant now) {
  if (state() != hal::LinkState::kDown) {
    if (failures_ > 0 && state() == hal::LinkState::kUp && now - dialled_at_ > kProof) {
      proved();
    }
    return;
  }
  if (dialled_) {
    dialled_ = false;
    complain(fault() == LinkFault::kNone ? name_ + ": the connection has ended" : message());
    pause(now);
    return;
  }
  if (now < next_) {
    return;
  }
  dialled_at_ = now;
  dialled_ = dial().ok();
  if (!dialled_) {
    complain(message());
    pause(now);
  }
}

void BrokerTransport::proved() {
  failures_ = 0;
  problem_.clear();
}

void BrokerTransport::drop(const std::string& reason, Instant now) {
  const bool link_says_more = fault() != LinkFault::kNone;
  const std::string text = link_says_more ? message() : name_ + ": " + reason;
  close();
  complain(text);
  pause(now);
}

void BrokerTransport::give_up(const std::string& reason, Instant now) {
  drop(reason, now);
  next_ = now + kLongestPause;
}

void BrokerTransport::close() noexcept {
  dialled_ = false;
  is_secure() ? tls_.close() : tcp_.close();
}

void BrokerTransport::complain(const std::string& problem) {
  if (problem != problem_) {
    problem_ = problem;
    tell_(problem_);
  }
}

/// Doubles up to the longest one; the upper half is random.
void BrokerTransport::pause(Instant now) {
  constexpr std::uint32_t kDoublings = 8;
  const std::int64_t longest =
      std::min(kFirstPause.us << std::min(failures_, kDoublings), kLongestPause.us);
  ++failures_;
  std::minstd_rand engine(static_cast<std::minstd_rand::result_type>(random_ + failures_));
  std::uniform_int_distribution<std::int64_t> spread(longest / 2, longest);
  next_ = now + Duration{spread(engine)};
}

}  // namespace aiot::linux_port
