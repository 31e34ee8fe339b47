// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aiot/core/result.hpp"

namespace aiot::linux_port {

enum class Scheme : std::uint8_t { kMqtt, kMqtts };

/// Where a broker listens.
struct BrokerUrl {
  Scheme scheme = Scheme::kMqtts;
  std::string host;        ///< a name, or an address without brackets, with %zone where it has one
  std::uint16_t port = 0;  ///< 1..65535
};

/// Reads `mqtt://host[:port]` or `mqtts://host[:port]`; without a port 1883 or 8883. The host is a
/// DNS name, an IPv4 address, or an IPv6 address in brackets (`[fe80::1%25eth0]` with a zone). No
/// user, password, path or query; one `/` at the end is taken.
/// Source: RFC 3986, 3.1 and 3.2; RFC 6874 (zones).
/// Error: `kInvalidArgument`; `url` is then unchanged. `message`: one line, what is wrong; what to
/// do. It never repeats a password.
Status parse_broker_url(std::string_view text, BrokerUrl& url, std::string& message);

/// `host:port`, an IPv6 address in brackets.
std::string endpoint(std::string_view host, std::uint16_t port);

/// Whether `host` is an IPv4 or IPv6 address (with a zone or without), not a name.
bool is_address(std::string_view host) noexcept;

}  // namespace aiot::linux_port
