// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/broker_url.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>

namespace aiot::linux_port {
namespace {

constexpr std::size_t kMaxName = 253;  // RFC 1035, without the dot of the root
constexpr std::size_t kMaxLabel = 63;

// Not <cctype>: that asks the locale.
bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_name_char(char c) noexcept {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '_';
}

bool equal_without_case(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// Whether `text` is an address of `family`, as inet_pton has it.
bool is_address_of(int family, std::string_view text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  std::array<unsigned char, sizeof(in6_addr)> address{};
  // inet_pton stops at a zero byte.
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) {
    return false;
  }
  std::ranges::copy(text, terminated.begin());
  return ::inet_pton(family, terminated.data(), address.data()) == 1;
}

/// Whether `text` is an IPv6 address, then perhaps % and the name of an interface.
bool is_ipv6(std::string_view text) noexcept {
  const std::size_t percent = text.find('%');
  if (percent == std::string_view::npos) {
    return is_address_of(AF_INET6, text);
  }
  const std::string_view zone = text.substr(percent + 1);
  return is_address_of(AF_INET6, text.substr(0, percent)) && !zone.empty() && zone.size() < 16 &&
         std::ranges::all_of(zone, [](char c) { return is_name_char(c) || c == '.'; });
}

/// Whether `host` is a DNS name or an IPv4 address.
bool is_host(std::string_view host) noexcept {
  if (host.empty() || host.size() > kMaxName) {
    return false;
  }
  std::string_view rest = host;
  std::string_view label;
  for (bool more = true; more;) {
    const std::size_t dot = rest.find('.');
    more = dot != std::string_view::npos;
    label = rest.substr(0, dot);
    rest.remove_prefix(more ? dot + 1 : rest.size());
    if (label.empty() || label.size() > kMaxLabel || !std::ranges::all_of(label, is_name_char)) {
      return false;
    }
  }
  // A name does not end in a number (RFC 3696, 2); 127.1 and 1.2.3.256 are nobody's.
  return !std::ranges::all_of(label, is_digit) || is_address_of(AF_INET, host);
}

/// 0: not a port.
std::uint16_t parse_port(std::string_view text) noexcept {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() ? port : std::uint16_t{0};
}

Status refuse(std::string_view text, const char* why, std::string& message) {
  // What is quoted goes to a terminal or a log.
  const bool printable = std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
  message = printable && text.size() <= 300 ? "broker '" + std::string(text) + "': " : "broker: ";
  message += why;
  return Error::kInvalidArgument;
}

}  // namespace

bool is_address(std::string_view host) noexcept {
  return is_address_of(AF_INET, host) || is_ipv6(host);
}

std::string endpoint(std::string_view host, std::uint16_t port) {
  const bool brackets = host.find(':') != std::string_view::npos;
  return (brackets ? "[" : "") + std::string(host) + (brackets ? "]:" : ":") + std::to_string(port);
}

Status parse_broker_url(std::string_view text, BrokerUrl& url, std::string& message) {
  constexpr const char* kForm =
      "is no URL of a broker; write mqtts://HOST:PORT or mqtt://HOST:PORT";
  if (text.find('@') != std::string_view::npos) {
    return refuse(
        "", "the URL must not name a user or password; give them by their own options", message);
  }
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) {
    return refuse(text, kForm, message);
  }
  BrokerUrl result;
  const std::string_view scheme = text.substr(0, colon);
  if (equal_without_case(scheme, "mqtts")) {
    result.scheme = Scheme::kMqtts;
    result.port = 8883;
  } else if (equal_without_case(scheme, "mqtt")) {
    result.scheme = Scheme::kMqtt;
    result.port = 1883;
  } else {
    return refuse(text, kForm, message);
  }
  std::string_view rest = text.substr(colon + 3);
  if (rest.ends_with('/')) {
    rest.remove_suffix(1);
  }
  if (rest.find_first_of("/?#") != std::string_view::npos) {
    return refuse(text, "the URL ends with the port; leave the path out", message);
  }

  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    result.host = rest.substr(1, end == std::string_view::npos ? end : end - 1);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    const std::size_t zone = result.host.find("%25");
    const bool raw_zone = zone == std::string::npos && result.host.find('%') != std::string::npos;
    if (zone != std::string::npos) {
      result.host.erase(zone + 1, 2);
    }
    if (end == std::string_view::npos || raw_zone || !is_ipv6(result.host)) {
      return refuse(text, "between the brackets is no IPv6 address; write [2001:db8::1]", message);
    }
    if (!rest.empty() && rest.front() != ':') {
      return refuse(text, kForm, message);
    }
  } else {
    const std::size_t end = rest.find(':');
    if (end != std::string_view::npos && rest.find(':', end + 1) != std::string_view::npos) {
      return refuse(text, "an IPv6 address stands in brackets; write [2001:db8::1]", message);
    }
    result.host = rest.substr(0, end);
    rest.remove_prefix(std::min(end, rest.size()));
    if (!is_host(result.host)) {
      return refuse(text, "the host is no name and no address; check it", message);
    }
  }

  if (!rest.empty()) {
    result.port = parse_port(rest.substr(1));
    if (result.port == 0) {
      return refuse(text, "the port is no number from 1 to 65535; check it", message);
    }
  }
  url = std::move(result);
  message.clear();
  return {};
}

}  // namespace aiot::linux_port
