// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/decide/decider.hpp"
#include "aiot/decide/policy.hpp"
#include "aiot/dsp/bearing_monitor.hpp"
#include "aiot/dsp/features.hpp"
#include "aiot/nn/program.hpp"

namespace aiot::model {

/// Newest format version that this library reads.
inline constexpr std::uint16_t kFormatVersion = 1;

/// Fixed header before the FlatBuffer; see SPEC, model package.
inline constexpr std::size_t kHeaderBytes = 64;

/// A package begins at a multiple of this in memory, so that its weights do too.
inline constexpr std::size_t kPackageAlignment = 16;

inline constexpr std::size_t kMaxNameBytes = 64;
inline constexpr std::size_t kMaxLabelBytes = 32;
inline constexpr std::size_t kMaxCreatedByBytes = 128;

struct Version {
  std::uint16_t major = 0;
  std::uint16_t minor = 0;
  std::uint16_t patch = 0;
};

/// The samples that a package was made for.
struct SensorExpectation {
  float rate_min_hz = 0.0F;
  float rate_max_hz = 0.0F;
  std::uint8_t axes = 1;
  /// m/s^2 that the training sensors reached, 0: not stated. For people who choose a sensor; no
  /// device compares it: what exceeds a sensor's range is flagged as saturated.
  float full_scale = 0.0F;
};

/// One input of a network with the output that belongs to it, after a reset of its variables; the
/// bytes of the tensors, one after the other. Both are empty where a package states none.
struct Golden {
  Bytes input{};
  Bytes output{};
};

/// A loaded package: plain values, and views into the file, which must outlive it.
struct Package {
  std::uint16_t format = 0;
  Hash256 hash{};  ///< identity of the package, from its header
  std::string_view name;
  Version version;
  bool has_plan = false;  ///< without: a network by itself, for the executor
  SensorExpectation sensor;
  dsp::FeaturePlan plan;
  bool has_network = false;  ///< without: features only
  nn::Network network;       ///< empty without a network; run `nn::Executor::check` before using it
  bool has_bearing = false;  ///< the bearing of the machine is looked at
  dsp::BearingPlan bearing;
  decide::DeciderConfig decider;
  decide::PolicyConfig policy;
  std::uint8_t labels = 0;  ///< number of labels: classes of the network
  std::uint8_t normal_label = 0;
  Hash256 training_hash{};  ///< zero: not trained
  std::string_view created_by;
  /// What the network saw in training, as `group_id` of names, rising; empty: not stated. For
  /// people who judge the package, no device reads it.
  std::span<const std::uint64_t> training_groups;

  /// Name of label `index`, with a NUL behind it; "" for an index that does not exist.
  [[nodiscard]] std::string_view label(std::size_t index) const noexcept;

  const void* label_table = nullptr;  ///< of `label`

  /// What the network must answer to what; sizes are those of its inputs and outputs.
  [[nodiscard]] Golden golden() const noexcept;

  const void* golden_table = nullptr;  ///< of `golden`; null: not stated
};

static_assert(std::is_trivially_copyable_v<Package>);

/// Why a file is not a package that can be used here.
enum class Problem : std::uint8_t {
  kNone = 0,
  kTooShort,     ///< shorter than a header
  kMagic,        ///< does not begin with "AIPK"
  kNewerFormat,  ///< made for a later version of this library
  kRequirement,  ///< asks for a feature that this version does not have
  kLayout,       ///< packed for a target that this version does not know
  kLength,       ///< the file is cut, or has more bytes than the header says
  kHash,         ///< bytes were changed
  kAlignment,    ///< the file does not begin at a multiple of kPackageAlignment in memory
  kStructure,    ///< the body is not a well-formed FlatBuffer of this schema
  kReserved,     ///< reserved bytes are not zero
  kName,         ///< name or creator: empty, too long, or not printable ASCII
  kSensor,       ///< expectation of the sensor out of range
  kPlan,         ///< feature plan out of range, or not for the expected rate
  kEmpty,        ///< neither a feature plan nor a network
  kNetwork,      ///< program, tensors or weights contradict each other
  kInput,        ///< the network's input is not one int8 per feature
  kOutput,       ///< the network's output is not one int8 score per label
  kLabels,       ///< too many, too long, not printable, or the normal label is none of them
  kDecider,      ///< vote out of range
  kPolicy,       ///< recording policy out of range
  kBearing,      ///< bearing plan out of range, or features of evidence without one
  kGolden,       ///< golden window without a network, or not of the size of its inputs and outputs
};

/// What is wrong and what to do, in one line for tools and logs; never null.
const char* to_string(Problem problem) noexcept;

/// The error that stands for `problem` (kNone excepted).
Error to_error(Problem problem) noexcept;

/// SHA-256 of the whole file against its header: once at install and once at boot.
/// Errors: `kCorrupt` no package or wrong length, `kUnsupported` newer format, `kUnauthentic` the
/// hash is another.
[[nodiscard]] Status verify(Bytes file) noexcept;

/// Structure, bounds and ranges of the whole package; the hash is not computed. Whatever the bytes
/// are, nothing outside of them is read, and what is returned points into them. No heap.
/// Errors: see `to_error` of what `diagnose` returns: `kCorrupt`, `kUnsupported`, and
/// `kInvalidArgument` for a file that is not aligned in memory.
[[nodiscard]] Result<Package> load(Bytes file) noexcept;

/// What `verify` and then `load` object to first; kNone if nothing.
[[nodiscard]] Problem diagnose(Bytes file) noexcept;

/// How a package names a group of its training data, a machine or a bearing: the first 8 bytes of
/// the SHA-256 of `name`, little-endian.
[[nodiscard]] std::uint64_t group_id(std::string_view name) noexcept;

/// The hash that belongs into the header of `file` (at least kHeaderBytes): SHA-256 over
/// everything but the hash field.
[[nodiscard]] Hash256 compute_hash(Bytes file) noexcept;

}  // namespace aiot::model
