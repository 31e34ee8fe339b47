// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>
#include <set>

#include "aiot/model/header.hpp"
#include "aiot/model/package.hpp"
#include "aiot/nn/executor.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "tests/model/sample_package.hpp"
#include "tests/support/test.hpp"

namespace aiot::model {
namespace {

using toolkit::AlignedBytes;
using toolkit::fix_hash;

Problem diagnosed(const std::vector<std::byte>& file) {
  return diagnose(ExactBytes(file).view());
}

Error load_error(const std::vector<std::byte>& file) {
  return load(ExactBytes(file).view()).error();
}

/// Whatever a device does with an accepted package: all views are read, the network runs.
bool use(Bytes file) {
  const auto package = load(file);
  if (!package.ok()) {
    return false;
  }
  std::size_t sum = package->name.size() + package->created_by.size();
  for (const char c : package->name) {
    sum += static_cast<unsigned char>(c);
  }
  for (std::size_t i = 0; i <= package->labels; ++i) {
    for (const char c : package->label(i)) {
      sum += static_cast<unsigned char>(c);
    }
  }
  for (const dsp::FeatureSpec& feature : package->plan.features) {
    sum += feature.axis;
  }
  for (const Bytes bytes : {package->golden().input, package->golden().output}) {
    for (const std::byte byte : bytes) {
      sum += std::to_integer<unsigned>(byte);
    }
  }
  constexpr std::size_t kArena = 4096;
  if (!package->has_network ||
      !nn::Executor::check(package->network, nn::ref::kernels, kArena).ok()) {
    return sum != 0;
  }
  // Exactly what the network asks for, so that a byte beyond it is noticed.
  const ExactBytes arena(std::vector<std::byte>(package->network.arena_bytes, std::byte{1}));
  nn::Executor executor(package->network,
                        nn::ref::kernels,
                        {const_cast<std::byte*>(arena.view().data()), arena.view().size()});
  EXPECT_TRUE(executor.run().ok());
  for (std::size_t i = 0; i < package->network.outputs.size(); ++i) {
    for (const std::byte byte : executor.output(i)) {
      sum += std::to_integer<unsigned>(byte);
    }
  }
  return sum != 0;
}

TEST(Package, KeepsEveryField) {
  const AlignedBytes file(written(small_package()));
  ASSERT_TRUE(verify(file.view()).ok());
  const auto package = load(file.view());
  ASSERT_TRUE(package.ok());
  EXPECT_EQ(package->format, 1);
  EXPECT_EQ(package->name, "small");
  EXPECT_EQ(package->version.major, 1);
  EXPECT_EQ(package->version.minor, 2);
  EXPECT_EQ(package->version.patch, 3);
  EXPECT_EQ(package->created_by, "a test");
  EXPECT_EQ(package->sensor.rate_min_hz, 11000.0F);
  EXPECT_EQ(package->sensor.rate_max_hz, 13000.0F);
  EXPECT_EQ(package->sensor.axes, 1);
  EXPECT_EQ(package->sensor.full_scale, 160.0F);
  ASSERT_TRUE(package->has_plan);
  EXPECT_EQ(package->plan.window, 1024U);
  EXPECT_EQ(package->plan.hop, 512U);
  EXPECT_EQ(package->plan.axes, 1U);
  EXPECT_EQ(package->labels, 2);
  EXPECT_EQ(package->label(0), "normal");
  EXPECT_EQ(package->label(1), "fault");
  EXPECT_EQ(package->label(2), "");
  EXPECT_EQ(package->decider.votes, 3);
  EXPECT_EQ(package->decider.windows, 5);
  EXPECT_EQ(package->decider.min_confidence, 100);
  EXPECT_EQ(package->decider.labels, 2);
  EXPECT_EQ(package->policy.heartbeat_windows, 60U);
  EXPECT_EQ(package->policy.abnormal_windows, 10U);
  EXPECT_EQ(package->policy.heartbeat_stream, Stream::kRoutine);
  EXPECT_EQ(package->training_hash[31], std::byte{0x5A});
}

TEST(Package, WithoutAVersionIs000) {
  std::vector<std::byte> file = written(small_package());
  // The root table's place of field 1 in its table of fields: 0 means absent.
  const std::size_t root = kHeaderBytes + load_le32(&file[kHeaderBytes]);
  const std::size_t fields = root - load_le32(&file[root]);
  ASSERT_NE(load_le16(&file[fields + 6]), 0);
  store_le16(&file[fields + 6], 0);
  fix_hash(file);
  const AlignedBytes bytes(file);
  ASSERT_TRUE(verify(bytes.view()).ok());
  const auto package = load(bytes.view());
  ASSERT_TRUE(package.ok());
  EXPECT_EQ(package->version.major, 0);
  EXPECT_EQ(package->version.minor, 0);
  EXPECT_EQ(package->version.patch, 0);
  EXPECT_EQ(package->name, "small");
}

TEST(Package, ThePlanIsReadInPlace) {
  const AlignedBytes file(written(small_package()));
  const auto package = load(file.view());
  ASSERT_TRUE(package.ok());
  ASSERT_EQ(package->plan.features.size(), 3U);
  const dsp::FeatureSpec& band = package->plan.features[2];
  EXPECT_EQ(band.id, FeatureId::kBandRms);
  EXPECT_EQ(band.transform, dsp::Transform::kLog);
  EXPECT_EQ(band.lo_hz, 500.0F);
  EXPECT_EQ(band.hi_hz, 2000.0F);
  const auto* at = reinterpret_cast<const std::byte*>(&band);
  EXPECT_TRUE(at > file.view().data() && at < file.view().data() + file.view().size());
}

TEST(Package, TheNetworkRunsFromTheFile) {
  const AlignedBytes file(written(small_package()));
  const auto package = load(file.view());
  ASSERT_TRUE(package.ok());
  ASSERT_TRUE(package->has_network);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(package->network.weights.data()) % 16, 0U);
  EXPECT_EQ(package->network.input_params(0).scale, 1.0F / 32.0F);
  EXPECT_EQ(package->network.output_params(0).zero_point, -128);
  EXPECT_TRUE(nn::Executor::check(package->network, nn::ref::kernels, 64).ok());
  EXPECT_TRUE(use(file.view()));
}

TEST(Package, StatesWhatTheNetworkAnswersToItsGoldenWindow) {
  const toolkit::PackageSpec spec = golden_package();
  const AlignedBytes file(written(spec));
  const auto package = load(file.view());
  ASSERT_TRUE(package.ok());
  const Golden golden = package->golden();
  EXPECT_TRUE(std::ranges::equal(golden.input, spec.golden->input));
  EXPECT_TRUE(std::ranges::equal(golden.output, spec.golden->output));
  EXPECT_EQ(golden.input.size(), 3U);
  EXPECT_EQ(golden.output.size(), 2U);
}

TEST(Package, WithoutAGoldenWindowItIsLegal) {
  const AlignedBytes file(written(small_package()));
  const auto package = load(file.view());
  ASSERT_TRUE(package.ok());
  EXPECT_EQ(package->golden_table, nullptr);
  EXPECT_TRUE(package->golden().input.empty());
  EXPECT_TRUE(package->golden().output.empty());
}

TEST(Package, ItsIdentityIsTheHashInTheHeader) {
  const AlignedBytes file(written(small_package()));
  const auto package = load(file.view());
  ASSERT_TRUE(package.ok());
  EXPECT_EQ(package->hash, compute_hash(file.view()));
}

TEST(Package, TheSameSpecGivesTheSameBytes) {
  EXPECT_EQ(written(small_package()), written(small_package()));
}

TEST(Package, WithoutANetworkItIsLegal) {
  toolkit::PackageSpec spec = small_package();
  spec.network.reset();
  const AlignedBytes file(written(spec));
  const auto package = load(file.view());
  ASSERT_TRUE(package.ok());
  EXPECT_FALSE(package->has_network);
  EXPECT_EQ(package->decider.labels, 0);
}

TEST(Package, WithoutAPlanItIsANetworkByItself) {
  toolkit::PackageSpec spec = small_package();
  spec.features.clear();
  spec.labels.clear();
  const AlignedBytes file(written(spec));
  const auto package = load(file.view());
  ASSERT_TRUE(package.ok());
  EXPECT_FALSE(package->has_plan);
  EXPECT_TRUE(package->has_network);
}

TEST(Package, UntrainedHasAZeroTrainingHash) {
  toolkit::PackageSpec spec = small_package();
  spec.training_hash = {};
  const AlignedBytes file(written(spec));
  EXPECT_EQ(load(file.view())->training_hash, Hash256{});
}

TEST(Package, EveryHeaderProblemHasItsOwnName) {
  const std::vector<std::byte> good = written(small_package());
  const auto spoiled = [&](std::size_t at, std::uint8_t value) {
    std::vector<std::byte> file = good;
    file[at] = std::byte{value};
    fix_hash(file);
    return file;
  };
  EXPECT_EQ(diagnosed(good), Problem::kNone);
  EXPECT_EQ(diagnosed(spoiled(kMagicOffset, 'X')), Problem::kMagic);
  EXPECT_EQ(diagnosed(spoiled(kFormatOffset, 2)), Problem::kNewerFormat);
  EXPECT_EQ(diagnosed(spoiled(kLayoutOffset, 200)), Problem::kLayout);
  EXPECT_EQ(diagnosed(spoiled(kLengthOffset, 1)), Problem::kLength);
  EXPECT_EQ(diagnosed(spoiled(kRequirementsOffset, 1)), Problem::kRequirement);
  EXPECT_EQ(diagnosed(spoiled(kReservedOffset, 1)), Problem::kReserved);
  EXPECT_EQ(load_error(spoiled(kMagicOffset, 'X')), Error::kCorrupt);
  EXPECT_EQ(load_error(spoiled(kFormatOffset, 2)), Error::kUnsupported);
  EXPECT_EQ(load_error(spoiled(kLayoutOffset, 200)), Error::kUnsupported);
  EXPECT_EQ(load_error(spoiled(kRequirementsOffset, 1)), Error::kUnsupported);
  EXPECT_EQ(load_error(spoiled(kLengthOffset, 1)), Error::kCorrupt);
}

TEST(Package, ForAnotherTargetTheExecutorRefuses) {
  std::vector<std::byte> file = written(small_package());
  file[kLayoutOffset] = static_cast<std::byte>(nn::WeightLayout::kArmMve);
  fix_hash(file);
  const AlignedBytes aligned(file);
  const auto package = load(aligned.view());
  ASSERT_TRUE(package.ok());
  EXPECT_EQ(nn::Executor::check(package->network, nn::ref::kernels, 4096).error(),
            Error::kUnsupported);
}

TEST(Package, AnyChangedBitIsUnauthentic) {
  const std::vector<std::byte> good = written(golden_package());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::vector<std::byte> file = good;
    file[bit / 8] ^= std::byte{1} << (bit % 8);
    ASSERT_FALSE(verify(file).ok()) << bit;
  }
  std::vector<std::byte> file = good;
  file.back() ^= std::byte{1};
  EXPECT_EQ(verify(file).error(), Error::kUnauthentic);
  EXPECT_EQ(diagnosed(file), Problem::kHash);
}

TEST(Package, AnyTruncationIsRefused) {
  const std::vector<std::byte> good = written(golden_package());
  for (std::size_t size = 0; size < good.size(); ++size) {
    const std::vector<std::byte> cut(good.begin(),
                                     good.begin() + static_cast<std::ptrdiff_t>(size));
    const ExactBytes file(cut);
    ASSERT_FALSE(verify(file.view()).ok()) << size;
    ASSERT_EQ(load(file.view()).error(), Error::kCorrupt) << size;
    ASSERT_EQ(diagnose(file.view()), size < kHeaderBytes ? Problem::kTooShort : Problem::kLength);
  }
}

TEST(Package, SomethingAppendedIsRefused) {
  std::vector<std::byte> file = written(golden_package());
  file.push_back(std::byte{0});
  EXPECT_EQ(diagnosed(file), Problem::kLength);
}

TEST(Package, ACutWithAFixedHeaderStaysInsideItsBuffer) {
  const std::vector<std::byte> good = written(golden_package());
  for (std::size_t size = kHeaderBytes; size < good.size(); ++size) {
    std::vector<std::byte> cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    store_le32(&cut[kLengthOffset], static_cast<std::uint32_t>(size));
    fix_hash(cut);
    const ExactBytes file(cut);
    EXPECT_TRUE(verify(file.view()).ok());
    (void)use(file.view());
  }
}

TEST(Package, AFlippedBitWithAFixedHashStaysInsideItsBuffers) {
  const std::vector<std::byte> good = written(golden_package());
  std::size_t accepted = 0;
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::vector<std::byte> changed = good;
    changed[bit / 8] ^= std::byte{1} << (bit % 8);
    fix_hash(changed);
    accepted += use(ExactBytes(changed).view()) ? 1U : 0U;
  }
  // Bits of weights, names and thresholds are as good as others; those of the structure are not.
  EXPECT_GT(accepted, 500U);
  EXPECT_LT(accepted, good.size() * 6);
}

TEST(Package, RandomDamageWithAFixedHashStaysInsideItsBuffers) {
  constexpr unsigned kSeed = 20261;
  SCOPED_TRACE(kSeed);
  const std::vector<std::byte> good = written(golden_package());
  std::mt19937 random(kSeed);
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::byte> changed = good;
    const auto changes = 1 + random() % 6;
    for (unsigned i = 0; i < changes; ++i) {
      changed[kHeaderBytes + random() % (changed.size() - kHeaderBytes)] =
          static_cast<std::byte>(random() & 0xFFU);
    }
    fix_hash(changed);
    (void)use(ExactBytes(changed).view());
  }
}

TEST(Package, AnUnalignedFileIsACallersMistake) {
  const std::vector<std::byte> good = written(golden_package());
  std::vector<std::byte> shifted(4);
  shifted.insert(shifted.end(), good.begin(), good.end());
  const ExactBytes buffer(shifted);
  EXPECT_EQ(load(buffer.view().subspan(4)).error(), Error::kInvalidArgument);
  EXPECT_TRUE(verify(buffer.view().subspan(4)).ok());
}

TEST(Package, EveryProblemHasItsText) {
  std::set<std::string> texts;
  const auto last = static_cast<std::uint8_t>(Problem::kGolden);
  for (std::uint8_t i = 0; i <= last; ++i) {
    texts.insert(to_string(static_cast<Problem>(i)));
  }
  EXPECT_EQ(texts.size(), last + 1U);
}

}  // namespace
}  // namespace aiot::model
