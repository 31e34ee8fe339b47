// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/policy_bytes.hpp"

#include <array>

#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::decide {
namespace {

constexpr PolicyConfig kPolicy{.heartbeat_windows = 0x01020304,
                               .abnormal_windows = 7,
                               .changes = Changes::kToAbnormal,
                               .change_stream = Stream::kUrgent,
                               .abnormal_stream = Stream::kRoutine,
                               .heartbeat_stream = Stream::kBulk};

TEST(PolicyBytes, AreLaidOutAsTheSpecificationSays) {
  EXPECT_TRUE(same_bytes(encode_policy(kPolicy), Hex<13>("01 01 00 01 02 04030201 07000000")));
}

TEST(PolicyBytes, ComeBackAsTheyWent) {
  const auto read = decode_policy(encode_policy(kPolicy));
  ASSERT_TRUE(read.ok() && read->has_value());
  EXPECT_TRUE(same_bytes(encode_policy(**read), encode_policy(kPolicy)));
}

TEST(PolicyBytes, TheVersionAloneIsThePolicyOfThePackage) {
  const auto read = decode_policy(kPackagePolicy);
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->has_value());
}

TEST(PolicyBytes, OtherVersionsSizesAndValuesAreRefused) {
  EXPECT_EQ(decode_policy({}).error(), Error::kInvalidArgument);
  EXPECT_EQ(decode_policy(Hex<1>("02")).error(), Error::kUnsupported);
  EXPECT_EQ(decode_policy(Hex<13>("02010001020403020107000000")).error(), Error::kUnsupported);
  EXPECT_EQ(decode_policy(Hex<12>("010100010204030201070000")).error(), Error::kInvalidArgument);
  EXPECT_EQ(decode_policy(Hex<14>("0101000102040302010700000000")).error(),
            Error::kInvalidArgument);
  EXPECT_EQ(decode_policy(Hex<13>("01030001020403020107000000")).error(), Error::kInvalidArgument);
  EXPECT_EQ(decode_policy(Hex<13>("01010301020403020107000000")).error(), Error::kInvalidArgument);
  EXPECT_EQ(decode_policy(Hex<13>("01010003020403020107000000")).error(), Error::kInvalidArgument);
  EXPECT_EQ(decode_policy(Hex<13>("01010001FF0403020107000000")).error(), Error::kInvalidArgument);
}

}  // namespace
}  // namespace aiot::decide
