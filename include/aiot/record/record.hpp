// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/feature_id.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/reason.hpp"
#include "aiot/core/result.hpp"
#include "aiot/core/static_vector.hpp"

namespace aiot::record {

/// Version of the record formats (SPEC, records). New kinds, elements and keys do not change it:
/// readers skip what they do not know.
inline constexpr std::uint32_t kFormatVersion = 1;

/// What this library writes at most, and what its readers have room for. The format has no such
/// limits: readers give the first so many of a longer list and skip the rest.
inline constexpr std::size_t kMaxLabels = 32;
inline constexpr std::size_t kMaxFeatures = 64;

/// No reason is larger: a list of its number and a typed array.
inline constexpr std::size_t kMaxReasonBytes = 1 + 2 + (2 + 1 + 2 * kMaxReasonNumbers);

/// First element of every record. The numbers are part of the format.
enum class Kind : std::uint8_t { kContext = 0, kDecision = 1, kGap = 2, kTime = 3 };

/// Kinds beyond this one belong to later versions.
inline constexpr Kind kNewestKind = Kind::kTime;

/// One element of the feature vector: which number, of which axis, in which band (0 to 0: none).
struct FeatureDescription {
  FeatureId id = FeatureId::kNone;
  std::uint8_t axis = 0;
  float lo_hz = 0.0F;
  float hi_hz = 0.0F;
};

struct SensorDescription {
  float rate_hz = 0.0F;
  float scale = 0.0F;  ///< m/s^2 per count
  std::uint32_t axes = 0;
  Hash256 hash{};  ///< of the whole sensor configuration
};

/// What the sensor listens to. Speed 0 and 0 balls: not known.
struct MachineDescription {
  float speed_rpm = 0.0F;
  std::string_view bearing{};  ///< designation, may be empty
  std::uint32_t balls = 0;     ///< rolling elements of one row
  float ball_diameter = 0.0F;  ///< in any unit, the same as the pitch diameter's
  float pitch_diameter = 0.0F;
  float contact_angle = 0.0F;  ///< radians
};

/// Everything that decides, by content: what a decision needs to be traced and repeated. A hash of
/// zeros or an empty text means that there is none; it is left out of the record.
struct Context {
  std::string_view device{};
  std::uint32_t boot_count = 0;
  std::string_view firmware_version{};
  Hash256 firmware_hash{};
  std::string_view package_name{};
  std::string_view package_version{};
  Hash256 package_hash{};
  Hash256 training_hash{};
  Hash256 plan_hash{};
  Hash256 policy_hash{};  ///< of decider and policy together
  std::span<const std::string_view> labels{};
  std::span<const FeatureDescription> features{};
  SensorDescription sensor{};
  std::string_view site{};
  std::uint32_t window = 0;  ///< samples per axis
  std::uint32_t hop = 0;
  MachineDescription machine{};
  Hash256 baseline_hash{};  ///< of what the machine's commissioning found
};

struct ContextRecord {
  ContextId id{};  ///< first 8 bytes of the SHA-256 of the encoded content
  Stream stream = Stream::kUrgent;
  std::uint64_t sequence = 0;
  std::uint64_t start = 0;  ///< no window of this run starts before this frame
  Context content{};
};

struct DecisionRecord {
  ContextId context{};
  Stream stream = Stream::kUrgent;
  std::uint64_t sequence = 0;
  std::uint64_t sample = 0;            ///< index of the window's first frame
  std::uint8_t label = kUnknownLabel;  ///< index into the context's labels
  std::uint8_t confidence = 0;         ///< n/256
  std::span<const float> features{};   ///< physical units, as the context describes them
  std::uint32_t flags = 0;             ///< Flag bits
  std::span<const Cause> reasons{};
};

/// Records [first, last] of a stream were given up before they were delivered.
struct GapRecord {
  Stream stream = Stream::kUrgent;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

/// A sample of the context's count and when it was taken, as wall-clock time that came over the
/// link. Records that were made before are dated from it, too.
struct TimeRecord {
  ContextId context{};
  Stream stream = Stream::kUrgent;
  std::uint64_t sequence = 0;
  std::uint64_t resume = 0;          ///< windows that start before it have had their record
  std::uint64_t frame = 0;           ///< was taken at
  std::uint64_t unix_ms = 0;         ///< UTC, at most `kMaxUnixMs`
  std::uint64_t uncertainty_ms = 0;  ///< to both sides, at most `kMaxUnixMs`
  /// How often the clock was set since the device started: times with the same number are of one
  /// clock.
  std::uint64_t clock = 0;
};

/// The last millisecond of the year 9999.
inline constexpr std::uint64_t kMaxUnixMs = 253'402'300'799'999;

/// No time record is larger.
inline constexpr std::size_t kMaxTimeBytes = 1 + 1 + 9 + 1 + 6 * 9;

/// No gap record is larger.
inline constexpr std::size_t kMaxGapBytes = 1 + 1 + 1 + 1 + 9 + 9;

/// No record of any kind is larger: a frame of the store does not take more.
inline constexpr std::size_t kMaxRecordBytes = 16383;

/// No decision record with so many features is larger.
constexpr std::size_t max_decision_bytes(std::size_t features) noexcept {
  return 1 + 1 + 9 + 1 + 9 + 9 + 2 + 2 + (2 + 3 + 2 * features) + 5 +
         (1 + kMaxReasons * kMaxReasonBytes);
}

/// The content of a context record, a CBOR map. Its SHA-256 gives the context's id; `encode` writes
/// the same bytes into the record. Errors: `kNoSpace`.
Result<Bytes> encode_content(const Context& content, MutableBytes out) noexcept;

/// One record in deterministic CBOR; the result is the used part of `out`. Errors: `kNoSpace`.
Result<Bytes> encode(const ContextRecord& record, MutableBytes out) noexcept;
Result<Bytes> encode(const DecisionRecord& record, MutableBytes out) noexcept;
Result<Bytes> encode(const GapRecord& record, MutableBytes out) noexcept;
Result<Bytes> encode(const TimeRecord& record, MutableBytes out) noexcept;

/// What all records begin with.
struct Header {
  std::uint64_t kind = 0;    ///< Kind, or one that this build does not know
  bool has_context = false;  ///< false in a gap record
  ContextId context{};
  Stream stream = Stream::kUrgent;
  std::uint64_t sequence = 0;  ///< gap: the first
};

/// A context as it was read; views point into the record.
struct ContextView {
  Header header{};
  std::uint64_t start = 0;
  Bytes content_bytes{};  ///< what `header.context` is the hash of
  Context content{};      ///< `labels` and `features` are empty; see below
  StaticVector<std::string_view, kMaxLabels> labels{};
  StaticVector<FeatureDescription, kMaxFeatures> features{};
};

struct DecisionView {
  Header header{};
  std::uint64_t sample = 0;
  std::uint8_t label = kUnknownLabel;
  std::uint8_t confidence = 0;
  Bytes feature_bytes{};  ///< float16, little-endian
  std::uint32_t flags = 0;
  StaticVector<Cause, kMaxReasons> reasons{};  ///< numbers as precise as float16

  [[nodiscard]] std::size_t features() const noexcept { return feature_bytes.size() / 2; }

  /// Feature `i < features()`, as precise as float16.
  [[nodiscard]] float feature(std::size_t i) const noexcept;
};

/// Reads one record; elements and map keys that this build does not know are skipped, and so are
/// labels, feature descriptions and reasons that a view has no room for.
/// Errors of all: `kOutOfRange` it ends too early; `kCorrupt` not CBOR; `kUnsupported` not a record
/// of that kind, or a number beyond its range in the format.
Result<Header> decode_header(Bytes record) noexcept;
Result<ContextView> decode_context(Bytes record) noexcept;
Result<DecisionView> decode_decision(Bytes record) noexcept;
Result<GapRecord> decode_gap(Bytes record) noexcept;
Result<TimeRecord> decode_time(Bytes record) noexcept;

/// First frame at which a run may go on that wrote `record` as its newest one: no window starts
/// twice. Holds for every kind but a gap, later ones included (SPEC, records).
/// Errors: as above; `kUnsupported` a gap.
Result<std::uint64_t> resume_point(Bytes record) noexcept;

/// Size of the whole records at the start of `sequence`, a CBOR sequence (RFC 8742) that may be cut
/// anywhere, as a file is after a crash: nothing, zeros, or one incomplete record follow them.
/// Errors: `kCorrupt` something else follows: not records at all, a damaged one, or an incomplete
/// one with whole records behind its beginning.
Result<std::size_t> whole_records(Bytes sequence) noexcept;

}  // namespace aiot::record
