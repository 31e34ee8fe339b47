// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// URLs of brokers: what is read names a host and a port, and is read again as the same; what is not
// is refused in one line.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "aiot/core/check.hpp"
#include "ports/linux/broker_url.hpp"

void aiot::panic(const char* file, std::uint32_t line) noexcept {
  std::fprintf(stderr, "panic %s:%u\n", file, static_cast<unsigned>(line));
  std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiot::linux_port;  // NOLINT(google-build-using-namespace): one function
  BrokerUrl url;
  std::string message;
  if (!parse_broker_url({reinterpret_cast<const char*>(data), size}, url, message).ok()) {
    AIOT_CHECK(url.host.empty() && !message.empty());
    for (const char c : message) {
      AIOT_CHECK(c >= ' ' && c < '\x7F');
    }
    return 0;
  }
  AIOT_CHECK(!url.host.empty() && url.port != 0 && message.empty());
  std::string text = url.scheme == Scheme::kMqtt ? "mqtt://" : "mqtts://";
  text += endpoint(url.host, url.port);
  if (const std::size_t percent = text.find('%'); percent != std::string::npos) {
    text.insert(percent + 1, "25");
  }
  BrokerUrl again;
  AIOT_CHECK(parse_broker_url(text, again, message).ok());
  AIOT_CHECK(again.scheme == url.scheme && again.host == url.host && again.port == url.port);
  return 0;
}
