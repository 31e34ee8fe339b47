// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/mqtt_wire.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::link::mqtt {
namespace {

struct Variable {
  std::uint32_t value;
  Hex<4> bytes;
};

// MQTT 5.0 table 1-1.
const std::array kVariables = {
    Variable{0, Hex<4>("00")},
    Variable{127, Hex<4>("7F")},
    Variable{128, Hex<4>("80 01")},
    Variable{16'383, Hex<4>("FF 7F")},
    Variable{16'384, Hex<4>("80 80 01")},
    Variable{2'097'151, Hex<4>("FF FF 7F")},
    Variable{2'097'152, Hex<4>("80 80 80 01")},
    Variable{kMaxVariable, Hex<4>("FF FF FF 7F")},
};

TEST(MqttWire, WritesAndReadsVariableIntegersAsTheStandardPrintsThem) {
  for (const Variable& variable : kVariables) {
    SCOPED_TRACE(variable.value);
    std::array<std::byte, 4> memory{};
    Writer out(memory);
    out.variable(variable.value);
    ASSERT_TRUE(out.ok());
    EXPECT_TRUE(same_bytes(Bytes(memory).first(out.size()), variable.bytes));
    EXPECT_EQ(out.size(), variable_bytes(variable.value));
    Reader in(variable.bytes);
    EXPECT_EQ(in.variable(), variable.value);
    in.finish();
    EXPECT_TRUE(in.ok());
  }
}

TEST(MqttWire, RefusesVariableIntegersOfTooManyBytes) {
  for (const char* const bytes : {"80 80 80 80 01", "80 00", "FF 80 00", "80 80 80 00"}) {
    const Hex<8> line(bytes);
    Reader in(line);
    in.variable();
    EXPECT_EQ(in.fault(), ProtocolFault::kRemainingLength);
  }
  const Hex<8> cut("80 80");
  Reader in(cut);
  in.variable();
  EXPECT_EQ(in.fault(), ProtocolFault::kTruncated);
}

TEST(MqttWire, ReadsFieldsInOrder) {
  const Hex<32> bytes("01 02 03 04 05 06 07 00 02 C3 A4 00 01 FF 09");
  Reader in(bytes);
  EXPECT_EQ(in.u8(), 1U);
  EXPECT_EQ(in.u16(), 0x0203U);
  EXPECT_EQ(in.u32(), 0x04050607U);
  EXPECT_TRUE(in.text() == "\xC3\xA4");
  EXPECT_TRUE(same_bytes(in.data(), Hex<1>("FF")));
  EXPECT_EQ(in.rest().size(), 1U);
  in.finish();
  EXPECT_EQ(in.fault(), ProtocolFault::kTrailing);
}

TEST(MqttWire, KeepsTheFirstFaultAndReadsZerosAfterIt) {
  const Hex<4> bytes("00 05 41 42");
  Reader in(bytes);
  EXPECT_TRUE(in.text().empty());
  EXPECT_EQ(in.fault(), ProtocolFault::kTruncated);
  EXPECT_EQ(in.u32(), 0U);
  in.fail(ProtocolFault::kFlags);
  in.finish();
  EXPECT_EQ(in.fault(), ProtocolFault::kTruncated);
}

TEST(MqttWire, TakesOnlyUtf8WithoutNul) {
  EXPECT_TRUE(is_text(""));
  EXPECT_TRUE(is_text("a\xC3\xA4\xE2\x82\xAC\xF0\x90\x80\x80"));
  EXPECT_FALSE(is_text(std::string_view("a\0b", 3)));
  EXPECT_FALSE(is_text("\xC0\x80"));          // not the shortest form
  EXPECT_FALSE(is_text("\xED\xA0\x80"));      // a surrogate
  EXPECT_FALSE(is_text("\xF4\x90\x80\x80"));  // beyond Unicode
  EXPECT_FALSE(is_text("\xC3"));
}

TEST(MqttWire, KnowsTopicsFromFilters) {
  for (const char* const name : {"a", "a/b", "/", "a b/", "$SYS/x"}) {
    EXPECT_TRUE(is_topic_name(name));
    EXPECT_TRUE(is_topic_filter(name));
  }
  for (const char* const filter : {"#", "+", "a/#", "+/b", "a/+/b", "/+", "+/#"}) {
    EXPECT_FALSE(is_topic_name(filter));
    EXPECT_TRUE(is_topic_filter(filter));
  }
  for (const char* const neither : {"", "a#", "#/a", "a+", "+a/b", "a/#/b", "\xFF"}) {
    EXPECT_FALSE(is_topic_name(neither));
    EXPECT_FALSE(is_topic_filter(neither));
  }
}

TEST(MqttWire, MeasuresWhatDoesNotFit) {
  std::array<std::byte, 3> memory{};
  Writer out(memory);
  out.u16(0x4142);
  EXPECT_TRUE(out.ok());
  out.text("ab");
  out.u8(1);
  EXPECT_FALSE(out.ok());
  EXPECT_EQ(out.size(), 7U);
  EXPECT_TRUE(same_bytes(memory, Hex<3>("41 42 00")));
}

}  // namespace
}  // namespace aiot::link::mqtt
