// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/record/record.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"
#include "aiot/record/cbor.hpp"
#include "aiot/record/float16.hpp"

namespace aiot::record {
namespace {

// Elements that each kind has in this version; readers accept more.
constexpr std::uint64_t kHeaderElements = 4;
constexpr std::uint64_t kContextElements = 6;
constexpr std::uint64_t kDecisionElements = 10;
constexpr std::uint64_t kGapElements = 5;
constexpr std::uint64_t kTimeElements = 9;

constexpr std::uint64_t kTagFloat16LittleEndian = 84;

// Keys of the context map, ascending as they are written.
enum Key : std::uint64_t {
  kKeyFormat = 0,
  kKeyDevice = 1,
  kKeyBootCount = 2,
  kKeyFirmware = 3,
  kKeyPackage = 4,
  kKeyTraining = 5,
  kKeyPlan = 6,
  kKeyPolicy = 7,
  kKeyLabels = 8,
  kKeyFeatures = 9,
  kKeySensor = 10,
  kKeySite = 11,
  kKeyWindow = 12,
  kKeyMachine = 13,
  kKeyBaseline = 14,
};

bool is_none(const Hash256& hash) noexcept {
  return std::ranges::all_of(hash, [](std::byte b) { return b == std::byte{0}; });
}

// --- writing ------------------------------------------------------------------------------------

void put_header(Encoder& out,
                std::uint64_t elements,
                Kind kind,
                const ContextId* context,
                Stream stream,
                std::uint64_t sequence) noexcept {
  out.array(elements);
  out.unsigned_integer(static_cast<std::uint64_t>(kind));
  if (context != nullptr) {
    out.bytes(*context);
  } else {
    out.null();
  }
  out.unsigned_integer(static_cast<std::uint64_t>(stream));
  out.unsigned_integer(sequence);
}

void put_hash(Encoder& out, const Hash256& hash) noexcept {
  if (is_none(hash)) {
    out.null();
  } else {
    out.bytes(hash);
  }
}

// One pass counts the pairs, the other writes them, so the two can not disagree.
class ContentWriter {
 public:
  explicit ContentWriter(Encoder* out) noexcept : out_(out) {}

  std::uint64_t write(const Context& context) noexcept {
    identity(context);
    hash(kKeyTraining, context.training_hash);
    hash(kKeyPlan, context.plan_hash);
    hash(kKeyPolicy, context.policy_hash);
    labels(context.labels);
    features(context.features);
    sensor(context.sensor);
    text(kKeySite, context.site);
    if (begin(kKeyWindow, context.window != 0)) {
      out_->array(2);
      out_->unsigned_integer(context.window);
      out_->unsigned_integer(context.hop);
    }
    machine(context.machine);
    hash(kKeyBaseline, context.baseline_hash);
    return pairs_;
  }

 private:
  // Counts a pair that is there; true when its value is to be written.
  bool begin(Key key, bool there) noexcept {
    if (!there) {
      return false;
    }
    ++pairs_;
    if (out_ == nullptr) {
      return false;
    }
    out_->unsigned_integer(key);
    return true;
  }

  void text(Key key, std::string_view value) noexcept {
    if (begin(key, !value.empty())) {
      out_->text(value);
    }
  }

  void hash(Key key, const Hash256& value) noexcept {
    if (begin(key, !is_none(value))) {
      out_->bytes(value);
    }
  }

  void identity(const Context& context) noexcept {
    if (begin(kKeyFormat, true)) {
      out_->unsigned_integer(kFormatVersion);
    }
    text(kKeyDevice, context.device);
    if (begin(kKeyBootCount, true)) {
      out_->unsigned_integer(context.boot_count);
    }
    if (begin(kKeyFirmware, !context.firmware_version.empty() || !is_none(context.firmware_hash))) {
      out_->array(2);
      out_->text(context.firmware_version);
      put_hash(*out_, context.firmware_hash);
    }
    if (begin(kKeyPackage, !context.package_name.empty() || !is_none(context.package_hash))) {
      out_->array(3);
      out_->text(context.package_name);
      out_->text(context.package_version);
      put_hash(*out_, context.package_hash);
    }
  }

  void labels(std::span<const std::string_view> labels) noexcept {
    if (begin(kKeyLabels, !labels.empty())) {
      out_->array(labels.size());
      for (const std::string_view label : labels) {
        out_->text(label);
      }
    }
  }

  void features(std::span<const FeatureDescription> features) noexcept {
    if (!begin(kKeyFeatures, !features.empty())) {
      return;
    }
    out_->array(features.size());
    for (const FeatureDescription& feature : features) {
      out_->array(6);
      out_->unsigned_integer(static_cast<std::uint64_t>(feature.id));
      out_->unsigned_integer(feature.axis);
      out_->real(feature.lo_hz);
      out_->real(feature.hi_hz);
      out_->text(name(feature.id));
      out_->text(unit(feature.id));
    }
  }

  void sensor(const SensorDescription& sensor) noexcept {
    if (begin(kKeySensor, sensor.axes != 0)) {
      out_->array(4);
      out_->real(sensor.rate_hz);
      out_->real(sensor.scale);
      out_->unsigned_integer(sensor.axes);
      put_hash(*out_, sensor.hash);
    }
  }

  void machine(const MachineDescription& machine) noexcept {
    const bool there = machine.speed_rpm != 0.0F || machine.balls != 0 || !machine.bearing.empty();
    if (begin(kKeyMachine, there)) {
      out_->array(6);
      out_->real(machine.speed_rpm);
      out_->text(machine.bearing);
      out_->unsigned_integer(machine.balls);
      out_->real(machine.ball_diameter);
      out_->real(machine.pitch_diameter);
      out_->real(machine.contact_angle);
    }
  }

  Encoder* out_;  // null: count only
  std::uint64_t pairs_ = 0;
};

void put_content(Encoder& out, const Context& content) noexcept {
  out.map(ContentWriter(nullptr).write(content));
  (void)ContentWriter(&out).write(content);
}

// --- reading ------------------------------------------------------------------------------------

// Inside a record the end of the input is a record that is cut.
template <class T>
Result<T> inside(Result<T> result) noexcept {
  return !result.ok() && result.error() == Error::kEmpty ? Result<T>(Error::kOutOfRange) : result;
}

Result<std::uint64_t> read_up_to(Decoder& in, std::uint64_t limit) noexcept {
  AIOT_TRY_ASSIGN(const std::uint64_t value, in.read_unsigned());
  return value <= limit ? Result<std::uint64_t>(value) : Error::kUnsupported;
}

// Numbers beyond float are not ours; infinities and NaN pass.
Result<float> read_float(Decoder& in) noexcept {
  AIOT_TRY_ASSIGN(const double value, in.read_real());
  constexpr double kLargest = 0x1.fffffep127;
  const bool is_finite = value - value == 0.0;
  if (is_finite && (value > kLargest || value < -kLargest)) {
    return Error::kUnsupported;
  }
  return static_cast<float>(value);
}

Result<Hash256> read_hash(Decoder& in) noexcept {
  Hash256 hash{};
  if (in.take_null()) {
    return hash;
  }
  AIOT_TRY_ASSIGN(const Bytes bytes, in.read_bytes());
  if (bytes.size() != hash.size()) {
    return Error::kUnsupported;
  }
  std::ranges::copy(bytes, hash.begin());
  return hash;
}

Status skip_items(Decoder& in, std::uint64_t count) noexcept {
  for (std::uint64_t i = 0; i < count; ++i) {
    AIOT_TRY(in.skip());
  }
  return {};
}

// A list of at least `known` elements; returns how many more there are.
Result<std::uint64_t> read_list(Decoder& in, std::uint64_t known) noexcept {
  AIOT_TRY_ASSIGN(const std::uint64_t elements, in.read_array());
  return elements >= known ? Result<std::uint64_t>(elements - known) : Error::kUnsupported;
}

struct Opened {
  Header header;
  std::uint64_t elements = 0;
};

Result<Opened> open(Decoder& in) noexcept {
  Opened opened;
  AIOT_TRY_ASSIGN(opened.elements, in.read_array());
  if (opened.elements < kHeaderElements) {
    return Error::kUnsupported;
  }
  AIOT_TRY_ASSIGN(opened.header.kind, in.read_unsigned());
  if (!in.take_null()) {
    AIOT_TRY_ASSIGN(const Bytes id, in.read_bytes());
    if (id.size() != opened.header.context.size()) {
      return Error::kUnsupported;
    }
    std::ranges::copy(id, opened.header.context.begin());
    opened.header.has_context = true;
  }
  AIOT_TRY_ASSIGN(const std::uint64_t stream, read_up_to(in, kStreams - 1U));
  opened.header.stream = static_cast<Stream>(stream);
  AIOT_TRY_ASSIGN(opened.header.sequence, in.read_unsigned());
  return opened;
}

Result<Opened> open_kind(Decoder& in, Kind kind, std::uint64_t elements) noexcept {
  AIOT_TRY_ASSIGN(const Opened opened, open(in));
  const bool fits = opened.header.kind == static_cast<std::uint64_t>(kind) &&
                    opened.elements >= elements &&
                    opened.header.has_context == (kind != Kind::kGap);
  return fits ? Result<Opened>(opened) : Error::kUnsupported;
}

// Steps over elements of a later version; nothing may follow the record.
Status close(Decoder& in, std::uint64_t more) noexcept {
  AIOT_TRY(skip_items(in, more));
  return in.at_end() ? Status{} : Error::kUnsupported;
}

Status read_labels(Decoder& in, ContextView& view) noexcept {
  AIOT_TRY_ASSIGN(const std::uint64_t count, in.read_array());
  view.labels.clear();
  for (std::uint64_t i = 0; i < count; ++i) {
    AIOT_TRY_ASSIGN(const std::string_view label, in.read_text());
    (void)view.labels.push_back(label);  // those beyond the capacity are skipped
  }
  return {};
}

Status read_features(Decoder& in, ContextView& view) noexcept {
  AIOT_TRY_ASSIGN(const std::uint64_t count, in.read_array());
  view.features.clear();
  for (std::uint64_t i = 0; i < count; ++i) {
    FeatureDescription feature;
    AIOT_TRY_ASSIGN(const std::uint64_t more, read_list(in, 4));
    AIOT_TRY_ASSIGN(const std::uint64_t id, read_up_to(in, UINT16_MAX));
    AIOT_TRY_ASSIGN(const std::uint64_t axis, read_up_to(in, UINT8_MAX));
    feature.id = static_cast<FeatureId>(id);
    feature.axis = static_cast<std::uint8_t>(axis);
    AIOT_TRY_ASSIGN(feature.lo_hz, read_float(in));
    AIOT_TRY_ASSIGN(feature.hi_hz, read_float(in));
    AIOT_TRY(skip_items(in, more));          // name and unit: for readers without our table
    (void)view.features.push_back(feature);  // those beyond the capacity are skipped
  }
  return {};
}

Status read_firmware(Decoder& in, Context& context) noexcept {
  AIOT_TRY_ASSIGN(const std::uint64_t more, read_list(in, 2));
  AIOT_TRY_ASSIGN(context.firmware_version, in.read_text());
  AIOT_TRY_ASSIGN(context.firmware_hash, read_hash(in));
  return skip_items(in, more);
}

Status read_package(Decoder& in, Context& context) noexcept {
  AIOT_TRY_ASSIGN(const std::uint64_t more, read_list(in, 3));
  AIOT_TRY_ASSIGN(context.package_name, in.read_text());
  AIOT_TRY_ASSIGN(context.package_version, in.read_text());
  AIOT_TRY_ASSIGN(context.package_hash, read_hash(in));
  return skip_items(in, more);
}

Status read_sensor(Decoder& in, SensorDescription& sensor) noexcept {
  AIOT_TRY_ASSIGN(const std::uint64_t more, read_list(in, 4));
  AIOT_TRY_ASSIGN(sensor.rate_hz, read_float(in));
  AIOT_TRY_ASSIGN(sensor.scale, read_float(in));
  AIOT_TRY_ASSIGN(const std::uint64_t axes, read_up_to(in, UINT32_MAX));
  AIOT_TRY_ASSIGN(sensor.hash, read_hash(in));
  sensor.axes = static_cast<std::uint32_t>(axes);
  return skip_items(in, more);
}

Status read_window(Decoder& in, Context& context) noexcept {
  AIOT_TRY_ASSIGN(const std::uint64_t more, read_list(in, 2));
  AIOT_TRY_ASSIGN(const std::uint64_t window, read_up_to(in, UINT32_MAX));
  AIOT_TRY_ASSIGN(const std::uint64_t hop, read_up_to(in, UINT32_MAX));
  context.window = static_cast<std::uint32_t>(window);
  context.hop = static_cast<std::uint32_t>(hop);
  return skip_items(in, more);
}

Status read_machine(Decoder& in, MachineDescription& machine) noexcept {
  AIOT_TRY_ASSIGN(const std::uint64_t more, read_list(in, 6));
  AIOT_TRY_ASSIGN(machine.speed_rpm, read_float(in));
  AIOT_TRY_ASSIGN(machine.bearing, in.read_text());
  AIOT_TRY_ASSIGN(const std::uint64_t balls, read_up_to(in, UINT32_MAX));
  machine.balls = static_cast<std::uint32_t>(balls);
  AIOT_TRY_ASSIGN(machine.ball_diameter, read_float(in));
  AIOT_TRY_ASSIGN(machine.pitch_diameter, read_float(in));
  AIOT_TRY_ASSIGN(machine.contact_angle, read_float(in));
  return skip_items(in, more);
}

Status read_hash_into(Decoder& in, Hash256& hash) noexcept {
  AIOT_TRY_ASSIGN(hash, read_hash(in));
  return {};
}

Status read_text_into(Decoder& in, std::string_view& text) noexcept {
  AIOT_TRY_ASSIGN(text, in.read_text());
  return {};
}

Status read_boot_count(Decoder& in, Context& context) noexcept {
  AIOT_TRY_ASSIGN(const std::uint64_t count, read_up_to(in, UINT32_MAX));
  context.boot_count = static_cast<std::uint32_t>(count);
  return {};
}

Status read_value(Decoder& in, std::uint64_t key, ContextView& view) noexcept {
  Context& content = view.content;
  switch (key) {
    case kKeyDevice:
      return read_text_into(in, content.device);
    case kKeyBootCount:
      return read_boot_count(in, content);
    case kKeyFirmware:
      return read_firmware(in, content);
    case kKeyPackage:
      return read_package(in, content);
    case kKeyTraining:
      return read_hash_into(in, content.training_hash);
    case kKeyPlan:
      return read_hash_into(in, content.plan_hash);
    case kKeyPolicy:
      return read_hash_into(in, content.policy_hash);
    case kKeyLabels:
      return read_labels(in, view);
    case kKeyFeatures:
      return read_features(in, view);
    case kKeySensor:
      return read_sensor(in, content.sensor);
    case kKeySite:
      return read_text_into(in, content.site);
    case kKeyWindow:
      return read_window(in, content);
    case kKeyMachine:
      return read_machine(in, content.machine);
    case kKeyBaseline:
      return read_hash_into(in, content.baseline_hash);
    default:
      return skip_items(in, 1);
  }
}

Status read_content(Bytes bytes, ContextView& view) noexcept {
  Decoder in(bytes);
  AIOT_TRY_ASSIGN(const std::uint64_t pairs, in.read_map());
  for (std::uint64_t i = 0; i < pairs; ++i) {
    AIOT_TRY_ASSIGN(const Type type, in.peek());
    if (type != Type::kUnsigned) {
      AIOT_TRY(skip_items(in, 2));
      continue;
    }
    AIOT_TRY_ASSIGN(const std::uint64_t key, in.read_unsigned());
    AIOT_TRY(read_value(in, key, view));
  }
  return {};
}

Result<ContextView> read_context(Bytes record) noexcept {
  Decoder in(record);
  AIOT_TRY_ASSIGN(const Opened opened, open_kind(in, Kind::kContext, kContextElements));
  ContextView view;
  view.header = opened.header;
  AIOT_TRY_ASSIGN(view.start, in.read_unsigned());
  AIOT_TRY_ASSIGN(view.content_bytes, in.skip());
  AIOT_TRY(read_content(view.content_bytes, view));
  AIOT_TRY(close(in, opened.elements - kContextElements));
  return view;
}

// The numbers of a reason; details of any other type belong to a later version.
Status read_numbers(Decoder& in, Cause& cause) noexcept {
  Decoder numbers_in = in;
  AIOT_TRY(in.skip());
  AIOT_TRY_ASSIGN(const Type type, numbers_in.peek());
  if (type != Type::kTag) {
    return {};
  }
  AIOT_TRY_ASSIGN(const std::uint64_t tag, numbers_in.read_tag());
  if (tag != kTagFloat16LittleEndian) {
    return {};
  }
  AIOT_TRY_ASSIGN(const Bytes numbers, numbers_in.read_bytes());
  if (numbers.size() % 2U != 0) {
    return Error::kUnsupported;
  }
  for (std::size_t at = 0; at < numbers.size() && !cause.numbers.full(); at += 2) {
    (void)cause.numbers.push_back(from_float16(load_le16(numbers.data() + at)));
  }
  return {};
}

// A reason is its code, or a list of the code, an array of numbers, and what later versions add.
Status read_reason(Decoder& in, DecisionView& view) noexcept {
  std::uint64_t more = 0;
  AIOT_TRY_ASSIGN(const Type type, in.peek());
  if (type == Type::kArray) {
    AIOT_TRY_ASSIGN(more, read_list(in, 1));
  }
  AIOT_TRY_ASSIGN(const std::uint64_t code, read_up_to(in, UINT8_MAX));
  Cause cause{static_cast<Reason>(code)};
  if (more > 0) {
    AIOT_TRY(read_numbers(in, cause));
    AIOT_TRY(skip_items(in, more - 1));
  }
  (void)view.reasons.push_back(cause);  // beyond the capacity: skipped
  return {};
}

Status read_features(Decoder& in, DecisionView& view) noexcept {
  AIOT_TRY_ASSIGN(const std::uint64_t tag, in.read_tag());
  AIOT_TRY_ASSIGN(view.feature_bytes, in.read_bytes());
  const bool good = tag == kTagFloat16LittleEndian && view.feature_bytes.size() % 2U == 0;
  return good ? Status{} : Error::kUnsupported;
}

Status read_verdict(Decoder& in, DecisionView& view) noexcept {
  AIOT_TRY_ASSIGN(view.sample, in.read_unsigned());
  if (!in.take_null()) {
    AIOT_TRY_ASSIGN(const std::uint64_t label, read_up_to(in, kUnknownLabel - 1U));
    view.label = static_cast<std::uint8_t>(label);
  }
  AIOT_TRY_ASSIGN(const std::uint64_t confidence, read_up_to(in, UINT8_MAX));
  view.confidence = static_cast<std::uint8_t>(confidence);
  AIOT_TRY(read_features(in, view));
  AIOT_TRY_ASSIGN(const std::uint64_t flags, read_up_to(in, UINT32_MAX));
  view.flags = static_cast<std::uint32_t>(flags);
  return {};
}

Result<DecisionView> read_decision(Bytes record) noexcept {
  Decoder in(record);
  AIOT_TRY_ASSIGN(const Opened opened, open_kind(in, Kind::kDecision, kDecisionElements));
  DecisionView view;
  view.header = opened.header;
  AIOT_TRY(read_verdict(in, view));
  AIOT_TRY_ASSIGN(const std::uint64_t reasons, in.read_array());
  for (std::uint64_t i = 0; i < reasons; ++i) {
    AIOT_TRY(read_reason(in, view));
  }
  AIOT_TRY(close(in, opened.elements - kDecisionElements));
  return view;
}

Result<GapRecord> read_gap(Bytes record) noexcept {
  Decoder in(record);
  AIOT_TRY_ASSIGN(const Opened opened, open_kind(in, Kind::kGap, kGapElements));
  GapRecord gap;
  gap.stream = opened.header.stream;
  gap.first = opened.header.sequence;
  AIOT_TRY_ASSIGN(gap.last, in.read_unsigned());
  AIOT_TRY(close(in, opened.elements - kGapElements));
  return gap.last >= gap.first ? Result<GapRecord>(gap) : Error::kUnsupported;
}

Result<TimeRecord> read_time(Bytes record) noexcept {
  Decoder in(record);
  AIOT_TRY_ASSIGN(const Opened opened, open_kind(in, Kind::kTime, kTimeElements));
  TimeRecord time;
  time.context = opened.header.context;
  time.stream = opened.header.stream;
  time.sequence = opened.header.sequence;
  AIOT_TRY_ASSIGN(time.resume, in.read_unsigned());
  AIOT_TRY_ASSIGN(time.frame, in.read_unsigned());
  AIOT_TRY_ASSIGN(time.unix_ms, read_up_to(in, kMaxUnixMs));
  AIOT_TRY_ASSIGN(time.uncertainty_ms, read_up_to(in, kMaxUnixMs));
  AIOT_TRY_ASSIGN(time.clock, in.read_unsigned());
  AIOT_TRY(close(in, opened.elements - kTimeElements));
  return time;
}

Result<std::uint64_t> read_resume_point(Bytes record) noexcept {
  Decoder in(record);
  AIOT_TRY_ASSIGN(const Opened opened, open(in));
  if (opened.header.kind == static_cast<std::uint64_t>(Kind::kGap)) {
    return Error::kUnsupported;
  }
  const bool decision = opened.header.kind == static_cast<std::uint64_t>(Kind::kDecision);
  AIOT_TRY_ASSIGN(const std::uint64_t frame, in.read_unsigned());
  return decision && frame != UINT64_MAX ? frame + 1U : frame;
}

Result<Header> read_header(Bytes record) noexcept {
  Decoder in(record);
  AIOT_TRY_ASSIGN(const Opened opened, open(in));
  AIOT_TRY(close(in, opened.elements - kHeaderElements));
  return opened.header;
}

// A definite array of at least four elements that begins with a kind below 24 and a context id or
// null; as far as there are bytes.
bool begins_like_record(Bytes bytes) noexcept {
  const auto at = [bytes](std::size_t i) { return std::to_integer<unsigned>(bytes[i]); };
  return (bytes.empty() || (at(0) >= 0x84U && at(0) <= 0x97U)) &&
         (bytes.size() < 2 || at(1) < 24U) &&
         (bytes.size() < 3 || at(2) == 0x48U || at(2) == 0xF6U);
}

bool whole_record_at(Bytes bytes) noexcept {
  if (!begins_like_record(bytes)) {
    return false;
  }
  const Result<Bytes> record = Decoder(bytes).skip();
  return record.ok() && decode_header(*record).ok();
}

// Whether these bytes, which are not a whole record, can be what a cut leaves of one. A damaged
// length looks like a cut, too; what then shows is that the records behind it are still there.
bool torn(Bytes rest) noexcept {
  while (!rest.empty() && rest.back() == std::byte{0}) {
    rest = rest.first(rest.size() - 1);
  }
  if (rest.empty()) {
    return true;
  }
  if (rest.size() >= kMaxRecordBytes || !begins_like_record(rest) ||
      Decoder(rest).skip().error() != Error::kOutOfRange) {
    return false;
  }
  for (std::size_t at = 1; at < rest.size(); ++at) {
    if (whole_record_at(rest.subspan(at))) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<Bytes> encode_content(const Context& content, MutableBytes out) noexcept {
  Encoder encoder(out);
  put_content(encoder, content);
  return encoder.finish();
}

Result<Bytes> encode(const ContextRecord& record, MutableBytes out) noexcept {
  Encoder encoder(out);
  put_header(encoder, kContextElements, Kind::kContext, &record.id, record.stream, record.sequence);
  encoder.unsigned_integer(record.start);
  put_content(encoder, record.content);
  return encoder.finish();
}

Result<Bytes> encode(const DecisionRecord& record, MutableBytes out) noexcept {
  AIOT_CHECK(record.features.size() <= kMaxFeatures && record.reasons.size() <= kMaxReasons);
  Encoder encoder(out);
  put_header(
      encoder, kDecisionElements, Kind::kDecision, &record.context, record.stream, record.sequence);
  encoder.unsigned_integer(record.sample);
  if (record.label == kUnknownLabel) {
    encoder.null();
  } else {
    encoder.unsigned_integer(record.label);
  }
  encoder.unsigned_integer(record.confidence);
  encoder.float16_array(record.features);
  encoder.unsigned_integer(record.flags);
  encoder.array(record.reasons.size());
  for (const Cause& cause : record.reasons) {
    if (!cause.numbers.empty()) {
      encoder.array(2);
    }
    encoder.unsigned_integer(static_cast<std::uint64_t>(cause.reason));
    if (!cause.numbers.empty()) {
      encoder.float16_array({cause.numbers.begin(), cause.numbers.size()});
    }
  }
  return encoder.finish();
}

Result<Bytes> encode(const GapRecord& record, MutableBytes out) noexcept {
  Encoder encoder(out);
  put_header(encoder, kGapElements, Kind::kGap, nullptr, record.stream, record.first);
  encoder.unsigned_integer(record.last);
  return encoder.finish();
}

Result<Bytes> encode(const TimeRecord& record, MutableBytes out) noexcept {
  AIOT_CHECK(record.unix_ms <= kMaxUnixMs && record.uncertainty_ms <= kMaxUnixMs);
  Encoder encoder(out);
  put_header(encoder, kTimeElements, Kind::kTime, &record.context, record.stream, record.sequence);
  for (const std::uint64_t number :
       {record.resume, record.frame, record.unix_ms, record.uncertainty_ms, record.clock}) {
    encoder.unsigned_integer(number);
  }
  return encoder.finish();
}

float DecisionView::feature(std::size_t i) const noexcept {
  AIOT_CHECK(i < features());
  return from_float16(load_le16(feature_bytes.data() + 2U * i));
}

Result<Header> decode_header(Bytes record) noexcept {
  return inside(read_header(record));
}

Result<ContextView> decode_context(Bytes record) noexcept {
  return inside(read_context(record));
}

Result<DecisionView> decode_decision(Bytes record) noexcept {
  return inside(read_decision(record));
}

Result<GapRecord> decode_gap(Bytes record) noexcept {
  return inside(read_gap(record));
}

Result<TimeRecord> decode_time(Bytes record) noexcept {
  return inside(read_time(record));
}

Result<std::uint64_t> resume_point(Bytes record) noexcept {
  return inside(read_resume_point(record));
}

Result<std::size_t> whole_records(Bytes sequence) noexcept {
  Decoder in(sequence);
  std::size_t whole = 0;
  while (!in.at_end()) {
    const Result<Bytes> record = in.skip();
    if (!record.ok() || !decode_header(*record).ok()) {
      break;
    }
    whole = in.position();
  }
  return torn(sequence.subspan(whole)) ? Result<std::size_t>(whole) : Error::kCorrupt;
}

}  // namespace aiot::record
