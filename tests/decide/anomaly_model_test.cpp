// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/anomaly_model.hpp"

#include <limits>

#include "aiot/core/crc32.hpp"
#include "tests/support/test.hpp"

namespace aiot::decide {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

AnomalyModel simple_model() {
  AnomalyModel model;
  model.features = 1;
  model.common = 1;
  model.threshold = 2.0F;
  model.smooth = 1.0F;
  model.clip = 10.0F;
  model.drop = 0.5F;
  model.least[0] = -100.0F;
  model.mean[0] = -40.0F;
  model.sigma[0] = 1.0F;
  model.factor[0] = 2.0F;
  return model;
}

TEST(AnomalyModel, NoticesEveryChangedOrMissingByte) {
  std::byte buffer[kMaxAnomalyModelBytes];
  const std::size_t size = encode(simple_model(), buffer)->size();
  EXPECT_EQ(size, 60U);
  AnomalyModel model;
  ASSERT_TRUE(decode(Bytes{buffer}.first(size), model).ok());
  for (std::size_t i = 0; i < size; ++i) {
    buffer[i] ^= std::byte{0x40};
    EXPECT_FALSE(decode(Bytes{buffer}.first(size), model).ok()) << "byte " << i;
    buffer[i] ^= std::byte{0x40};
    EXPECT_EQ(decode(Bytes{buffer}.first(i), model).error(), Error::kCorrupt) << "size " << i;
  }
  EXPECT_EQ(decode(Bytes{buffer}.first(size + 1), model).error(), Error::kCorrupt);
  EXPECT_EQ(model.threshold, 2.0F) << "what was read before stays";
}

// Writes the checksum that belongs to the changed bytes.
Bytes seal(std::byte* bytes, std::size_t size) {
  store_le32(bytes + size - 4, crc32(0, Bytes{bytes, size - 4}));
  return {bytes, size};
}

TEST(AnomalyModel, TellsANewerVersionFromDamage) {
  std::byte buffer[kMaxAnomalyModelBytes];
  const std::size_t size = encode(simple_model(), buffer)->size();
  AnomalyModel model;
  buffer[4] = std::byte{2};
  EXPECT_EQ(decode(seal(buffer, size), model).error(), Error::kUnsupported);
  buffer[4] = std::byte{0};
  EXPECT_EQ(decode(seal(buffer, size), model).error(), Error::kCorrupt);
}

TEST(AnomalyModel, HasToFitTheFeaturesOfTheMachine) {
  std::byte buffer[kMaxAnomalyModelBytes];
  AnomalyModel simple = simple_model();
  simple.plan = 5;
  const Bytes bytes = *encode(simple, buffer);
  AnomalyModel model;
  EXPECT_EQ(decode(bytes, 2, 5, model).error(), Error::kInvalidArgument);
  EXPECT_EQ(decode(bytes, 1, 6, model).error(), Error::kInvalidArgument);
  EXPECT_EQ(model.features, 0);
  EXPECT_TRUE(decode(bytes, 1, 5, model).ok());
}

TEST(AnomalyModel, RefusesMoreFeaturesThanItHolds) {
  std::byte buffer[anomaly_model_bytes(17)] = {};
  (void)encode(simple_model(), buffer);
  buffer[6] = std::byte{17};
  AnomalyModel model;
  EXPECT_EQ(decode(seal(buffer, sizeof buffer), model).error(), Error::kUnsupported);
}

TEST(AnomalyModel, ChecksItsNumbers) {
  EXPECT_TRUE(check(simple_model()).ok());
  AnomalyModel bad[14];
  for (AnomalyModel& model : bad) {
    model = simple_model();
  }
  bad[0].features = 0;
  bad[1].features = kMaxAnomalyFeatures + 1;
  bad[2].block_length = 0;
  bad[3].block_length = kMaxBlockLength + 1;
  bad[4].threshold = 0.0F;
  bad[5].smooth = 0.0F;
  bad[6].smooth = 1.01F;
  bad[7].clip = kNan;
  bad[8].drop = -0.1F;
  bad[9].mean[0] = kInfinity;
  bad[10].sigma[0] = 0.0F;
  bad[11].factor[0] = -1.0F;
  bad[12].least[0] = kNan;
  bad[13].common = 2;
  std::byte buffer[kMaxAnomalyModelBytes];
  for (std::size_t i = 0; i < 14; ++i) {
    EXPECT_EQ(check(bad[i]).error(), Error::kInvalidArgument) << "model " << i;
    EXPECT_EQ(encode(bad[i], buffer).error(), Error::kInvalidArgument) << "model " << i;
  }
  EXPECT_EQ(encode(simple_model(), std::span(buffer).first(59)).error(), Error::kNoSpace);
}

}  // namespace
}  // namespace aiot::decide
