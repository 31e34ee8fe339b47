// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/dataset.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <set>

#include "aiot/core/check.hpp"
#include "aiot/core/flags.hpp"
#include "aiot/core/ring.hpp"
#include "aiot/crypto/sha256.hpp"
#include "aiot/dsp/windower.hpp"
#include "aiot/toolkit/random.hpp"

namespace aiot::toolkit {
namespace {

std::vector<std::uint8_t> membership(const Dataset& dataset,
                                     std::span<const std::uint32_t> groups) {
  std::vector<std::uint8_t> member(dataset.groups.size(), 0);
  for (const std::uint32_t group : groups) {
    member[group] = 1;
  }
  return member;
}

/// Groups by the set of classes that they hold.
std::map<std::set<std::uint8_t>, std::vector<std::uint32_t>> groups_by_kind(
    const Dataset& dataset) {
  std::vector<std::set<std::uint8_t>> classes(dataset.groups.size());
  for (std::size_t i = 0; i < dataset.rows(); ++i) {
    classes[dataset.row_group[i]].insert(dataset.row_label[i]);
  }
  std::map<std::set<std::uint8_t>, std::vector<std::uint32_t>> kinds;
  for (std::uint32_t group = 0; group < classes.size(); ++group) {
    if (!classes[group].empty()) {
      kinds[classes[group]].push_back(group);
    }
  }
  return kinds;
}

std::size_t share_of(std::size_t count, double share) {
  return static_cast<std::size_t>(static_cast<double>(count) * share);
}

bool has_every_class(const Dataset& dataset, std::span<const std::uint32_t> groups) {
  std::set<std::uint8_t> found;
  for (const std::size_t row : rows_of(dataset, groups)) {
    found.insert(dataset.row_label[row]);
  }
  return found.size() == dataset.labels.size();
}

/// Feeds the hash with little-endian numbers and strings.
class Hasher {
 public:
  void number(std::uint32_t value) {
    std::array<std::byte, 4> bytes{};
    store_le32(bytes.data(), value);
    hash_.update(bytes);
  }

  void text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    hash_.update(as_bytes(value.data(), value.size()));
  }

  void texts(const std::vector<std::string>& values) {
    number(static_cast<std::uint32_t>(values.size()));
    for (const std::string& value : values) {
      text(value);
    }
  }

  Hash256 finish() { return hash_.finish(); }

 private:
  crypto::Sha256 hash_;
};

}  // namespace

std::uint32_t index_of(std::vector<std::string>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  const auto index = static_cast<std::uint32_t>(found - names.begin());
  if (found == names.end()) {
    names.emplace_back(name);
  }
  return index;
}

Result<std::size_t> add_windows(Dataset& dataset,
                                const dsp::FeaturePlan& plan,
                                const Signal& signal,
                                std::uint8_t label,
                                std::uint32_t group) {
  AIOT_CHECK(plan.axes == 1 && label < dataset.labels.size() && group < dataset.groups.size());
  AIOT_TRY(dsp::check(plan, signal.rate_hz));
  if (!std::isfinite(signal.scale) || signal.scale <= 0.0F ||
      (dataset.rows() > 0 && dataset.features != plan.features.size())) {
    return Error::kInvalidArgument;
  }
  if (signal.samples.size() < plan.window) {
    return Error::kEmpty;
  }
  dataset.features = plan.features.size();

  std::vector<std::int16_t> ring_storage(std::bit_ceil(std::size_t{plan.window}));
  SampleRing ring(ring_storage);
  std::vector<std::int16_t> codes(plan.window);
  std::vector<float> samples(plan.window);
  dsp::Windower windower({.length = plan.window,
                          .hop = plan.hop,
                          .axes = 1,
                          .scale = signal.scale,
                          .rate_hz = signal.rate_hz},
                         {codes, samples});
  std::vector<float> scratch(dsp::scratch_floats(plan));
  std::vector<float> features(dataset.features);
  std::size_t added = 0;
  std::span<const std::int16_t> rest = signal.samples;
  dsp::Window window;
  while (!rest.empty()) {
    const std::span<std::int16_t> free = ring.claim();
    const std::size_t count = std::min(free.size(), rest.size());
    std::copy_n(rest.begin(), count, free.begin());
    ring.commit(count);
    rest = rest.subspan(count);
    while (windower.fill(ring, window)) {
      if ((window.flags & kFlagFlatLine) != 0) {
        continue;
      }
      AIOT_TRY(dsp::extract(plan, window, {}, scratch, features));
      dataset.values.insert(dataset.values.end(), features.begin(), features.end());
      dataset.row_label.push_back(label);
      dataset.row_group.push_back(group);
      ++added;
    }
  }
  return added;
}

Result<std::size_t> add_recording(Dataset& dataset,
                                  const dsp::FeaturePlan& plan,
                                  const Recording& recording,
                                  std::uint8_t label,
                                  std::uint32_t group) {
  if (recording.axes != 1) {
    return Error::kUnsupported;
  }
  std::size_t rows = 0;
  std::size_t begin = 0;
  for (std::size_t gap = 0; gap <= recording.gaps.size(); ++gap) {
    const std::size_t end = gap < recording.gaps.size()
                                ? static_cast<std::size_t>(recording.gaps[gap].frame)
                                : recording.samples.size();
    const Signal piece{std::span(recording.samples).subspan(begin, end - begin),
                       static_cast<float>(recording.scale),
                       static_cast<float>(recording.rate_hz)};
    begin = end;
    const auto added = add_windows(dataset, plan, piece, label, group);
    if (!added.ok() && added.error() != Error::kEmpty) {
      return added.error();
    }
    rows += added.value_or(0);
  }
  return rows > 0 ? Result<std::size_t>(rows) : Error::kEmpty;
}

Status split_by_group(const Dataset& dataset, SplitShares shares, std::uint64_t seed, Split& out) {
  out = {};
  Random random(seed, 2);
  for (auto& [kind, groups] : groups_by_kind(dataset)) {
    random.shuffle(groups);
    const std::size_t count = groups.size();
    const std::size_t test = count < 2 ? 0 : std::max<std::size_t>(1, share_of(count, shares.test));
    const std::size_t validation =
        count < 3 ? 0 : std::max<std::size_t>(1, share_of(count, shares.validation));
    for (std::size_t i = 0; i < count; ++i) {
      auto& part = i < test ? out.test : i < test + validation ? out.validation : out.train;
      part.push_back(groups[i]);
    }
  }
  for (std::vector<std::uint32_t>* part : {&out.train, &out.validation, &out.test}) {
    std::sort(part->begin(), part->end());
  }
  if (!has_every_class(dataset, out.train) || !has_every_class(dataset, out.test)) {
    return Error::kEmpty;
  }
  return {};
}

std::vector<std::size_t> rows_of(const Dataset& dataset, std::span<const std::uint32_t> groups) {
  const std::vector<std::uint8_t> member = membership(dataset, groups);
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < dataset.rows(); ++i) {
    if (member[dataset.row_group[i]] != 0) {
      rows.push_back(i);
    }
  }
  return rows;
}

void fit_normalisation(const Dataset& dataset,
                       std::span<const std::uint32_t> groups,
                       double floor,
                       std::span<dsp::FeatureSpec> specs) {
  AIOT_CHECK(specs.size() == dataset.features);
  const std::vector<std::size_t> rows = rows_of(dataset, groups);
  AIOT_CHECK(!rows.empty());
  for (std::size_t f = 0; f < specs.size(); ++f) {
    dsp::FeatureSpec& spec = specs[f];
    spec.offset = 0.0F;
    spec.scale = 1.0F;
    const dsp::FeaturePlan plan{.features = std::span(&spec, 1)};
    std::vector<double> values;
    double sum = 0;
    for (const std::size_t row : rows) {
      float value = 0;
      dsp::normalise(plan, dataset.row(row).subspan(f, 1), std::span(&value, 1));
      values.push_back(static_cast<double>(value));
      sum += values.back();
    }
    const double mean = sum / static_cast<double>(rows.size());
    double squares = 0;
    for (const double value : values) {
      squares += (value - mean) * (value - mean);
    }
    const double deviation = std::sqrt(squares / static_cast<double>(rows.size()));
    spec.offset = static_cast<float>(mean);
    const double spread = deviation + floor;
    spec.scale = spread > 1e-6 ? static_cast<float>(1.0 / spread) : 1.0F;
  }
}

Samples normalised(const Dataset& dataset,
                   std::span<const std::uint32_t> groups,
                   const dsp::FeaturePlan& plan) {
  Samples samples{.features = dataset.features, .classes = dataset.labels.size()};
  std::vector<float> inputs(dataset.features);
  for (const std::size_t row : rows_of(dataset, groups)) {
    dsp::normalise(plan, dataset.row(row), inputs);
    samples.values.insert(samples.values.end(), inputs.begin(), inputs.end());
    samples.labels.push_back(dataset.row_label[row]);
  }
  return samples;
}

Hash256 content_hash(const Dataset& dataset) {
  Hasher hasher;
  hasher.texts(dataset.labels);
  hasher.texts(dataset.groups);
  hasher.number(static_cast<std::uint32_t>(dataset.features));
  hasher.number(static_cast<std::uint32_t>(dataset.rows()));
  for (std::size_t i = 0; i < dataset.rows(); ++i) {
    hasher.number(dataset.row_label[i]);
    hasher.number(dataset.row_group[i]);
    for (const float value : dataset.row(i)) {
      hasher.number(std::bit_cast<std::uint32_t>(value));
    }
  }
  return hasher.finish();
}

}  // namespace aiot::toolkit
