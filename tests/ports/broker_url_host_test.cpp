// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/broker_url.hpp"
#include "tests/support/test.hpp"

namespace aiot::linux_port {
namespace {

/// "mqtts host port", or what is wrong.
std::string read(std::string_view text) {
  BrokerUrl url;
  std::string message;
  if (const auto status = parse_broker_url(text, url, message); !status.ok()) {
    EXPECT_EQ(status.error(), Error::kInvalidArgument);
    EXPECT_EQ(url.host, "");
    EXPECT_EQ(message.find('\n'), std::string::npos);
    return message;
  }
  EXPECT_EQ(message, "");
  return (url.scheme == Scheme::kMqtts ? "mqtts " : "mqtt ") + url.host + ' ' +
         std::to_string(url.port);
}

bool says(std::string_view text, std::string_view what) {
  return read(text).find(what) != std::string::npos;
}

TEST(BrokerUrl, NamesHostAndPort) {
  EXPECT_EQ(read("mqtt://broker.example:1884"), "mqtt broker.example 1884");
  EXPECT_EQ(read("mqtts://192.168.1.7:65535"), "mqtts 192.168.1.7 65535");
  EXPECT_EQ(read("MQTTS://Broker-1_a.Example:1/"), "mqtts Broker-1_a.Example 1");
}

TEST(BrokerUrl, HasThePortOfItsScheme) {
  EXPECT_EQ(read("mqtt://broker"), "mqtt broker 1883");
  EXPECT_EQ(read("mqtts://broker"), "mqtts broker 8883");
  EXPECT_EQ(read("mqtts://[::1]/"), "mqtts ::1 8883");
}

TEST(BrokerUrl, TakesIpv6InBrackets) {
  EXPECT_EQ(read("mqtts://[2001:db8::1]:8884"), "mqtts 2001:db8::1 8884");
  EXPECT_EQ(read("mqtt://[fe80::1%25eth0]"), "mqtt fe80::1%eth0 1883");
  for (const char* text : {"mqtt://[]",
                           "mqtt://[::1",
                           "mqtt://[1.2.3.4]",
                           "mqtt://[broker]",
                           "mqtt://[::1::2]",
                           "mqtt://[fe80::1%eth0]",
                           "mqtt://[fe80::1%25]",
                           "mqtt://[fe80::1%25eth 0]",
                           "mqtt://[fe80::1%25a-name-that-is-too-long]"}) {
    EXPECT_TRUE(says(text, "no IPv6 address")) << text << ": " << read(text);
  }
  EXPECT_TRUE(says("mqtt://::1", "in brackets"));
  EXPECT_TRUE(says("mqtt://2001:db8::1:1883", "in brackets"));
}

TEST(BrokerUrl, RefusesWhatIsNoUrl) {
  for (const char* text : {"",
                           "broker",
                           "broker:1883",
                           "http://broker",
                           "mqtt:/broker",
                           "://broker",
                           "mqttss://broker",
                           "mqtt://[::1]1883"}) {
    EXPECT_TRUE(says(text, "mqtts://HOST:PORT")) << text << ": " << read(text);
  }
  for (const char* text :
       {"mqtt://broker/topic", "mqtt://broker//", "mqtt://broker?a=b", "mqtt://broker#a"}) {
    EXPECT_TRUE(says(text, "leave the path out")) << text << ": " << read(text);
  }
}

TEST(BrokerUrl, RefusesWhatIsNoHost) {
  for (const std::string& host : {std::string(),
                                  std::string("a b"),
                                  std::string("a..b"),
                                  std::string(".a"),
                                  std::string("a."),
                                  std::string("a%20b"),
                                  std::string("b\xC3\xBC"),
                                  std::string("a\nb"),
                                  std::string("a\0b", 3),
                                  std::string("1.2.3"),
                                  std::string("1.2.3.256"),
                                  std::string("127.1"),
                                  std::string(64, 'a'),
                                  std::string(254, 'a')}) {
    EXPECT_TRUE(says("mqtt://" + host, "the host")) << host;
    EXPECT_TRUE(says("mqtt://" + host + ":1883", "the host")) << host;
  }
}

TEST(BrokerUrl, RefusesWhatIsNoPort) {
  for (const char* port :
       {"", "0", "65536", "99999999999999999999", "-1", "+1", " 1", "1 ", "0x1", "a"}) {
    EXPECT_TRUE(says(std::string("mqtt://broker:") + port, "the port")) << port;
    EXPECT_TRUE(says(std::string("mqtt://[::1]:") + port, "the port")) << port;
  }
}

TEST(BrokerUrl, NeverRepeatsAPassword) {
  for (const char* text : {"mqtt://user:secret@broker", "user:secret@broker", "mqtt://secret@"}) {
    EXPECT_TRUE(says(text, "must not name a user or password"));
    EXPECT_FALSE(says(text, "secret"));
  }
}

TEST(BrokerUrl, LeavesTheOldOneAloneWhenItIsWrong) {
  BrokerUrl url{.scheme = Scheme::kMqtt, .host = "old", .port = 7};
  std::string message;
  EXPECT_FALSE(parse_broker_url("mqtts://new:x", url, message).ok());
  EXPECT_EQ(url.scheme, Scheme::kMqtt);
  EXPECT_EQ(url.host, "old");
  EXPECT_EQ(url.port, 7);
}

TEST(BrokerUrl, WritesAnEndpointAsItIsRead) {
  EXPECT_EQ(endpoint("broker", 1883), "broker:1883");
  EXPECT_EQ(endpoint("::1", 8883), "[::1]:8883");
}

TEST(BrokerUrl, TellsAddressesFromNames) {
  EXPECT_TRUE(is_address("127.0.0.1"));
  EXPECT_TRUE(is_address("::1"));
  EXPECT_TRUE(is_address("fe80::1%eth0"));
  EXPECT_FALSE(is_address("127.1"));
  EXPECT_FALSE(is_address("localhost"));
  EXPECT_FALSE(is_address(""));
}

}  // namespace
}  // namespace aiot::linux_port
