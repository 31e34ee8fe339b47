// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/package_writer.hpp"

#include <limits>

#include "tests/model/sample_package.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

using model::Problem;
using model::refused;
using model::small_package;

/// Expects that the writer refuses a package that `spoil` changed, with the text of `problem`.
template <class Spoil>
void expect_refused(Problem problem, Spoil spoil) {
  PackageSpec spec = small_package();
  ASSERT_EQ(refused(spec), "");
  spoil(spec);
  EXPECT_EQ(refused(spec), model::to_string(problem));
}

TEST(PackageWriter, NamesWhatIsWrong) {
  using S = PackageSpec;
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  expect_refused(Problem::kName, [](S& s) { s.name = ""; });
  expect_refused(Problem::kName, [](S& s) { s.name = std::string(65, 'a'); });
  expect_refused(Problem::kName, [](S& s) { s.name = "caf\xC3\xA9"; });
  expect_refused(Problem::kName, [](S& s) { s.created_by = "two\nlines"; });
  expect_refused(Problem::kSensor, [](S& s) { s.sensor.rate_min_hz = 0.0F; });
  expect_refused(Problem::kSensor, [](S& s) { s.sensor.rate_max_hz = 100.0F; });
  expect_refused(Problem::kSensor, [](S& s) { s.sensor.rate_max_hz = kNan; });
  expect_refused(Problem::kSensor, [](S& s) { s.sensor.full_scale = -1.0F; });
  expect_refused(Problem::kPlan, [](S& s) { s.window = 1000; });
  expect_refused(Problem::kPlan, [](S& s) { s.hop = 0; });
  expect_refused(Problem::kPlan, [](S& s) { s.sensor.axes = 0; });
  expect_refused(Problem::kPlan, [](S& s) { s.features[2].lo_hz = 6000.0F; });
  expect_refused(Problem::kLabels, [](S& s) { s.labels[1] = ""; });
  expect_refused(Problem::kLabels, [](S& s) { s.labels[1] = std::string(33, 'x'); });
  expect_refused(Problem::kLabels, [](S& s) { s.labels.resize(33, "label"); });
  expect_refused(Problem::kLabels, [](S& s) { s.decider.normal_label = 2; });
  expect_refused(Problem::kDecider, [](S& s) { s.decider.votes = 6; });
  expect_refused(Problem::kDecider, [](S& s) { s.decider.windows = 33; });
  expect_refused(Problem::kPolicy, [](S& s) { s.policy.change_stream = Stream{3}; });
  expect_refused(Problem::kPolicy, [](S& s) { s.policy.changes = decide::Changes{3}; });
}

TEST(PackageWriter, RefusesAGoldenWindowThatDoesNotFit) {
  const auto refused_when = [](auto spoil) {
    PackageSpec spec = model::golden_package();
    spoil(spec);
    return refused(spec);
  };
  using S = PackageSpec;
  const std::string sizes = model::to_string(Problem::kGolden);
  EXPECT_EQ(refused(model::golden_package()), "");
  EXPECT_EQ(refused_when([](S& s) { s.golden->input.pop_back(); }), sizes);
  EXPECT_EQ(refused_when([](S& s) { s.golden->input.push_back({}); }), sizes);
  EXPECT_EQ(refused_when([](S& s) { s.golden->output.pop_back(); }), sizes);
  EXPECT_EQ(refused_when([](S& s) { s.golden->output.clear(); }), sizes);
  EXPECT_EQ(refused_when([](S& s) { s.network.reset(); }), sizes);
  EXPECT_EQ(refused_when([](S& s) { s.golden->output[1] ^= std::byte{1}; }),
            "golden window: the network does not give that output");
}

TEST(PackageWriter, NamesWhatIsWrongWithTheNetwork) {
  using S = PackageSpec;
  expect_refused(Problem::kInput, [](S& s) { s.features.pop_back(); });
  expect_refused(Problem::kOutput, [](S& s) { s.labels.push_back("third"); });
  expect_refused(Problem::kOutput, [](S& s) { s.labels.clear(); });
  expect_refused(Problem::kNetwork, [](S& s) { s.network->program.pop_back(); });
  expect_refused(Problem::kNetwork, [](S& s) { s.network->arena_bytes = 2; });
  expect_refused(Problem::kNetwork, [](S& s) { s.network->outputs.clear(); });
  expect_refused(Problem::kNetwork, [](S& s) { s.network->inputs[0].scale = 0.0F; });
  expect_refused(Problem::kEmpty, [](S& s) {
    s.network.reset();
    s.features.clear();
  });
}

TEST(PackageWriter, NamesTheInstructionThatCanNotRun) {
  PackageSpec spec = small_package();
  spec.network->weights.resize(16);
  EXPECT_EQ(refused(spec),
            "an operand lies outside of its memory (instruction 0, operator code 1)");
  spec = small_package();
  spec.network->program[13] = 0x000D'0077U;
  EXPECT_EQ(refused(spec), "operator is not in this kernel set (instruction 1, operator code 119)");
}

TEST(PackageWriter, RemembersWhatWasTrainedOn) {
  PackageSpec spec = small_package();
  const std::vector<std::byte> without = model::written(spec);
  spec.training_groups = {"pump 3", "pump 1", "pump 3"};
  const AlignedBytes with(model::written(spec));
  const auto package = model::load(with.view());
  ASSERT_TRUE(package.ok());
  ASSERT_EQ(package->training_groups.size(), 2U);
  EXPECT_LT(package->training_groups[0], package->training_groups[1]);
  for (const char* name : {"pump 1", "pump 3"}) {
    EXPECT_TRUE(std::binary_search(
        package->training_groups.begin(), package->training_groups.end(), model::group_id(name)))
        << name;
  }
  const AlignedBytes old(without);
  EXPECT_TRUE(model::load(old.view())->training_groups.empty());
}

TEST(PackageWriter, AGroupIsTheStartOfItsHash) {
  // SHA-256 of "abc" begins with ba7816bf 8f01cfea.
  EXPECT_EQ(model::group_id("abc"), 0xeacf018fbf1678baU);
}

TEST(PackageWriter, AlignedBytesKeepTheirContent) {
  const std::vector<std::byte> bytes = model::written(small_package());
  const AlignedBytes aligned(bytes);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(aligned.view().data()) % 16, 0U);
  EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), aligned.view().begin()));
  EXPECT_TRUE(AlignedBytes({}).view().empty());
}

}  // namespace
}  // namespace aiot::toolkit
