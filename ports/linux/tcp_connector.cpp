// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/tcp_connector.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "ports/linux/broker_url.hpp"

namespace aiot::linux_port {
namespace {

constexpr Duration kLongest = Duration::from_s(24L * 3600);

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

std::chrono::microseconds as_chrono(Duration time) noexcept {
  return std::chrono::microseconds(std::clamp(time, Duration{}, kLongest).us);
}

std::string in_ms(Duration time) {
  return std::to_string(time.us / 1000) + " ms";
}

/// Addresses of a name in the order in which to try them. 0, or EAI_*; `error`: errno of it.
int find_addresses(const std::string& host,
                   std::uint16_t port,
                   int flags,
                   std::vector<Address>& addresses,
                   int& error) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int result = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  error = errno;
  if (result != 0) {
    return result;
  }
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    Address address;
    if (each->ai_addrlen <= sizeof address.bytes) {
      std::memcpy(&address.bytes, each->ai_addr, each->ai_addrlen);
      address.size = each->ai_addrlen;
      addresses.push_back(address);
    }
  }
  ::freeaddrinfo(found);
  return addresses.empty() ? EAI_NONAME : 0;
}

/// What getaddrinfo says, in words.
std::string resolve_problem(int result, int error) {
  switch (result) {
    case EAI_NONAME:
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
      return "can not resolve the host name: no such host; check its name";
    case EAI_AGAIN:
      return "can not resolve the host name: no answer of a name server; check the network and "
             "/etc/resolv.conf";
    case EAI_SYSTEM:
      return "can not resolve the host name: " + std::system_category().message(error) +
             "; check the network and /etc/resolv.conf";
    default:
      return std::string("can not resolve the host name: ") + ::gai_strerror(result) +
             "; check its name and the network";
  }
}

/// Whether a socket is connected with itself: two ends that open at once, when the kernel chose as
/// source the very port that nobody listens at.
bool is_own_end(int descriptor) noexcept {
  Address local;
  Address remote;
  local.size = remote.size = sizeof local.bytes;
  return ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&local.bytes), &local.size) == 0 &&
         ::getpeername(descriptor, reinterpret_cast<sockaddr*>(&remote.bytes), &remote.size) == 0 &&
         local.size == remote.size && std::memcmp(&local.bytes, &remote.bytes, local.size) == 0;
}

}  // namespace

/// A question to the name server. The thread that asks can not be stopped, so it owns its half.
struct TcpConnector::Lookup {
  const std::string host;
  const std::uint16_t port;
  std::mutex mutex;
  std::condition_variable answered;
  bool done = false;  // guarded by the mutex; what follows is settled when it is true
  int result = 0;     // EAI_*
  int error = 0;      // errno, with EAI_SYSTEM
  std::vector<Address> addresses;

  Lookup(const std::string& of_host, std::uint16_t of_port) : host(of_host), port(of_port) {}

  bool is_done() {
    const std::lock_guard lock(mutex);
    return done;
  }
};

bool wait_for(int descriptor, short events, Duration limit) noexcept {
  pollfd request{.fd = descriptor, .events = events, .revents = 0};
  const auto time = std::chrono::ceil<std::chrono::milliseconds>(as_chrono(limit));
  return ::poll(&request, 1, static_cast<int>(time.count())) > 0;
}

TcpConnector::~TcpConnector() {
  close();
}

void TcpConnector::close() noexcept {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
    descriptor_ = -1;
  }
  phase_ = Phase::kIdle;
}

void TcpConnector::fail(LinkFault fault, const std::string& why) {
  close();
  phase_ = Phase::kFailed;
  fault_ = fault;
  message_ = endpoint_ + ": " + why;
}

Duration TcpConnector::left() const noexcept {
  const auto time = std::chrono::ceil<std::chrono::microseconds>(deadline_ - Clock::now());
  return {time.count()};
}

void TcpConnector::start(const std::string& host, std::uint16_t port, Duration limit) {
  close();
  fault_ = LinkFault::kNone;
  message_.clear();
  endpoint_ = linux_port::endpoint(host, port);
  limit_ = limit;
  deadline_ = Clock::now() + as_chrono(limit);
  next_ = 0;
  refusal_ = LinkFault::kNone;
  why_.clear();
  phase_ = Phase::kResolving;
  resolve(host, port);
  (void)step();
}

void TcpConnector::resolve(const std::string& host, std::uint16_t port) {
  // A name server may take longer than the limit; then the next attempt has the answer, instead of
  // one more thread that asks.
  if (lookup_ != nullptr && !is_taken_ && lookup_->host == host && lookup_->port == port &&
      (!lookup_->is_done() || lookup_->result == 0)) {
    return;
  }
  lookup_ = std::make_shared<Lookup>(host, port);
  is_taken_ = false;
  // An address asks nobody.
  if (find_addresses(host, port, AI_NUMERICHOST, lookup_->addresses, lookup_->error) == 0) {
    lookup_->done = true;
    return;
  }
  try {
    std::thread([lookup = lookup_] {
      std::vector<Address> addresses;
      int error = 0;
      const int result = find_addresses(lookup->host, lookup->port, 0, addresses, error);
      const std::lock_guard lock(lookup->mutex);
      lookup->addresses = std::move(addresses);
      lookup->result = result;
      lookup->error = error;
      lookup->done = true;
      lookup->answered.notify_all();
    }).detach();
  } catch (const std::system_error& error) {
    lookup_->result = EAI_SYSTEM;
    lookup_->error = error.code().value();
    lookup_->done = true;
  }
}

TcpConnector::Phase TcpConnector::step() {
  if (phase_ == Phase::kResolving) {
    take_addresses();
  }
  if (phase_ == Phase::kConnecting) {
    check_connection();
  }
  return phase_;
}

void TcpConnector::take_addresses() {
  if (!lookup_->is_done()) {
    if (left() <= Duration{}) {
      fail(LinkFault::kTimeout,
           "the host name is not resolved within " + in_ms(limit_) +
               "; check the network and /etc/resolv.conf");
    }
    return;
  }
  is_taken_ = true;
  if (lookup_->result != 0) {
    fail(LinkFault::kResolve, resolve_problem(lookup_->result, lookup_->error));
    return;
  }
  phase_ = Phase::kConnecting;
  try_next();
}

/// Starts with the next address, or fails for the reason of the addresses before it.
void TcpConnector::try_next() {
  while (next_ < lookup_->addresses.size()) {
    const Address& address = lookup_->addresses[next_++];
    const auto now = Clock::now();
    const auto left = static_cast<std::int64_t>(lookup_->addresses.size() - next_ + 1);
    share_ = now + std::max(deadline_ - now, Clock::duration::zero()) / left;
    descriptor_ = ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor_ < 0) {
      refuse(errno);
      continue;
    }
    // A message is one small packet, and the next one waits for its answer.
    const int on = 1;
    (void)::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address.bytes), address.size) ==
            0 ||
        errno == EINPROGRESS || errno == EINTR) {
      return;
    }
    refuse(errno);
  }
  fail(refusal_, why_);
}

/// Closes the socket of one address and keeps why it was none; what a host said says more than that
/// there is no way to another one.
void TcpConnector::refuse(int error) {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
    descriptor_ = -1;
  }
  if (refusal_ != LinkFault::kNone && refusal_ != LinkFault::kUnreachable) {
    return;
  }
  switch (error) {
    case ECONNREFUSED:
      refusal_ = LinkFault::kRefused;
      why_ = "connection refused; check that the server runs and listens at this port";
      break;
    case ETIMEDOUT:
      refusal_ = LinkFault::kTimeout;
      why_ = "no answer within " + in_ms(limit_) + "; check address, network and firewall";
      break;
    default:
      refusal_ = LinkFault::kUnreachable;
      why_ = "can not be reached: " + std::system_category().message(error) +
             "; check address, network and firewall";
  }
}

void TcpConnector::check_connection() {
  if (!wait_for(descriptor_, POLLOUT, Duration{})) {
    if (Clock::now() >= share_) {
      refuse(ETIMEDOUT);
      try_next();
    }
    return;
  }
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
    error = errno;
  }
  if (error == 0 && is_own_end(descriptor_)) {
    error = ECONNREFUSED;
  }
  if (error != 0) {
    refuse(error);
    try_next();
    return;
  }
  phase_ = Phase::kConnected;
}

void TcpConnector::wait(Duration limit) {
  const auto now = Clock::now();
  auto until = now + as_chrono(limit);
  if (phase_ == Phase::kResolving) {
    until = std::min(until, deadline_);
    std::unique_lock lock(lookup_->mutex);
    lookup_->answered.wait_until(lock, until, [this] { return lookup_->done; });
  } else if (phase_ == Phase::kConnecting) {
    until = std::min(until, share_);
    const auto time = std::chrono::duration_cast<std::chrono::microseconds>(until - now);
    (void)wait_for(descriptor_, POLLOUT, Duration{time.count()});
  }
}

}  // namespace aiot::linux_port
