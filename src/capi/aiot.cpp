// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// The C interface: checks what comes from outside, converts it, and calls `Device` and its queue.

#include "aiot/aiot.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <string_view>

#include "aiot/crypto/sha256.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/record/record.hpp"
#include "instance.hpp"
#include "structs.hpp"

#define AIOT_QUOTE_(number) #number
#define AIOT_QUOTE(number) AIOT_QUOTE_(number)

namespace {

using namespace aiot;
using capi::code;

constexpr const char* kVersion = AIOT_QUOTE(AIOT_VERSION_MAJOR) "." AIOT_QUOTE(
    AIOT_VERSION_MINOR) "." AIOT_QUOTE(AIOT_VERSION_PATCH);
static_assert(std::string_view(kVersion) == AIOT_PROJECT_VERSION,
              "include/aiot/aiot.h and CMakeLists.txt name the same version");

template <Error error, int number>
constexpr bool kSame = number == code(error);
static_assert(kSame<Error::kNone, AIOT_OK> &&
              kSame<Error::kInvalidArgument, AIOT_INVALID_ARGUMENT> &&
              kSame<Error::kOutOfRange, AIOT_OUT_OF_RANGE> &&
              kSame<Error::kNoSpace, AIOT_NO_SPACE> && kSame<Error::kEmpty, AIOT_EMPTY> &&
              kSame<Error::kWouldBlock, AIOT_WOULD_BLOCK> && kSame<Error::kTimeout, AIOT_TIMEOUT> &&
              kSame<Error::kIo, AIOT_IO> && kSame<Error::kCorrupt, AIOT_CORRUPT> &&
              kSame<Error::kUnsupported, AIOT_UNSUPPORTED> &&
              kSame<Error::kUnauthentic, AIOT_UNAUTHENTIC> &&
              kSame<Error::kWrongState, AIOT_WRONG_STATE>);
static_assert(AIOT_STREAM_URGENT == static_cast<int>(Stream::kUrgent) &&
              AIOT_STREAM_ROUTINE == static_cast<int>(Stream::kRoutine) &&
              AIOT_STREAM_BULK == static_cast<int>(Stream::kBulk) && AIOT_STREAMS == kStreams);
static_assert(AIOT_DROP_OLDEST == static_cast<int>(store::OnFull::kDropOldest) &&
              AIOT_REFUSE_NEWEST == static_cast<int>(store::OnFull::kRefuseNewest) &&
              AIOT_THIN_OUT == static_cast<int>(store::OnFull::kThinOut));
static_assert(AIOT_IDLE == static_cast<int>(device::StepOutcome::kIdle) &&
              AIOT_QUIET == static_cast<int>(device::StepOutcome::kQuiet) &&
              AIOT_RECORDED == static_cast<int>(device::StepOutcome::kRecorded));
static_assert(AIOT_KIND_CONTEXT == static_cast<int>(record::Kind::kContext) &&
              AIOT_KIND_DECISION == static_cast<int>(record::Kind::kDecision) &&
              AIOT_KIND_GAP == static_cast<int>(record::Kind::kGap) &&
              AIOT_KIND_TIME == static_cast<int>(record::Kind::kTime));
static_assert(AIOT_MAX_FEATURES == record::kMaxFeatures && AIOT_LABEL_UNKNOWN == kUnknownLabel);
static_assert(sizeof(aiot_cursor::hash) == sizeof(BatchHash) &&
              sizeof(aiot_decision::context) == sizeof(ContextId));

constexpr std::int64_t kMaxTime = std::int64_t{1} << 53U;

/// The device behind a handle, or null: whatever the caller has in his hands. Reading functions
/// take a const handle; what they call of the device is not const.
aiot_device* find(const aiot_device* handle) noexcept {
  const bool aligned = reinterpret_cast<std::uintptr_t>(handle) % alignof(aiot_device) == 0;
  return handle != nullptr && aligned && handle->alive == aiot_device::kAlive
             ? const_cast<aiot_device*>(handle)
             : nullptr;
}

/// The same for what needs a package: `kInvalidArgument`, `kWrongState`.
Status running(const aiot_device* handle) noexcept {
  const aiot_device* const device = find(handle);
  if (device == nullptr) {
    return Error::kInvalidArgument;
  }
  return device->runs() ? Status{} : Error::kWrongState;
}

Status take_time(aiot_device& device, std::int64_t now_us) noexcept {
  if (now_us < device.now_us || now_us > kMaxTime) {
    return Error::kOutOfRange;
  }
  device.now_us = now_us;
  return {};
}

constexpr bool is_stream(std::int32_t stream) noexcept {
  return stream >= 0 && stream < AIOT_STREAMS;
}

DeviceConfig device_config(const aiot_device& device, Bytes package) noexcept {
  const capi::Settings& settings = device.settings;
  const aiot_machine& machine = settings.machine;
  return {.device_id = settings.device_id.view(),
          .site = settings.site.view(),
          .firmware_version = settings.firmware_version.view(),
          .firmware_hash = settings.firmware_hash,
          .package = package,
          .machine = {.speed_rpm = machine.speed_rpm,
                      .bearing_name = settings.bearing_name.view(),
                      .bearing = {.balls = machine.balls,
                                  .ball_diameter = machine.ball_diameter,
                                  .pitch_diameter = machine.pitch_diameter,
                                  .contact_deg = machine.contact_deg}},
          .kernels = &nn::ref::kernels,
          .flash = capi::flash_map(settings.store),
          .queue = settings.queue};
}

Status start(aiot_device& self, Bytes package) noexcept {
  self.device.emplace(device_config(self, package),
                      Ports{.flash = self.flash, .sensor = self.sensor, .sink = self.sink},
                      self.storage);
  const Status started = self.device->start({self.now_us});
  if (!started.ok()) {
    self.device.reset();
    return started;
  }
  self.time.emplace(*self.device, self.clock, device::TimeRecorderConfig{});
  return {};
}

Status load_package(aiot_device& self, Bytes package, std::int64_t now_us) noexcept {
  const MutableBytes room = self.packages[self.next_package];
  if (package.size() > room.size()) {
    return Error::kNoSpace;
  }
  AIOT_TRY(take_time(self, now_us));
  std::copy(package.begin(), package.end(), room.begin());
  const Bytes copy = room.first(package.size());
  AIOT_TRY(self.runs() ? self.device->use_package(copy, {now_us}) : start(self, copy));
  self.next_package = 1 - self.next_package;
  return {};
}

std::uint64_t failures(const device::Metrics& metrics) noexcept {
  return std::uint64_t{metrics.sensor_errors} + metrics.pipeline_errors + metrics.uplink_errors;
}

/// Of the newest event that has one.
Error last_error(const EventRing& events) noexcept {
  for (std::size_t i = events.size(); i-- > 0;) {
    if (events[i].error != Error::kNone) {
      return events[i].error;
    }
  }
  return Error::kNone;
}

std::size_t max_record(const store::Queue& queue) noexcept {
  std::size_t size = record::kMaxGapBytes;
  for (std::size_t i = 0; i < kStreams; ++i) {
    size = std::max(size, std::size_t{queue.max_record(static_cast<Stream>(i))});
  }
  return size;
}

/// The entry at the cursor, which moves behind it, as the bytes of a record: of a gap those of its
/// marker, up to `until` at most. Errors: those of `Queue::read`.
Result<store::Entry> read_record(const store::Queue& queue,
                                 Stream stream,
                                 store::ReadCursor& cursor,
                                 std::uint64_t until,
                                 MutableBytes buffer) noexcept {
  store::ReadCursor behind = cursor;
  AIOT_TRY_ASSIGN(store::Entry entry, queue.read(stream, behind, buffer));
  if (entry.kind == store::EntryKind::kGap) {
    entry.last = std::min(entry.last, until);
    AIOT_TRY_ASSIGN(entry.payload,
                    record::encode(record::GapRecord{stream, entry.first, entry.last}, buffer));
  } else if (!entry.payload.empty() && entry.payload.data() != buffer.data()) {
    std::memmove(buffer.data(), entry.payload.data(), entry.payload.size());
    entry.payload = buffer.first(entry.payload.size());
  }
  cursor = behind;
  return entry;
}

/// Hash of the batch that is acknowledged with `last`: of what is in the store up to there.
Result<BatchHash> chain(aiot_device& self, Stream stream, std::uint64_t last) noexcept {
  const store::Queue& queue = self.device->queue();
  crypto::Sha256 sha;
  sha.update(queue.acknowledged_hash(stream));
  store::ReadCursor cursor;
  for (bool more = true; more;) {
    const Result<store::Entry> entry = read_record(queue, stream, cursor, last, self.storage.batch);
    if (entry.error() == Error::kEmpty) {
      break;
    }
    AIOT_TRY(entry);
    sha.update(entry->payload);
    more = entry->last < last;
  }
  const Hash256 full = sha.finish();
  BatchHash hash{};
  std::copy_n(full.begin(), hash.size(), hash.begin());
  return hash;
}

Status acknowledge(aiot_device& self, Stream stream, std::uint64_t sequence) noexcept {
  store::Queue& queue = self.device->queue();
  if (!queue.used(stream)) {
    return Error::kUnsupported;
  }
  if (sequence >= queue.next_sequence(stream)) {
    return Error::kOutOfRange;
  }
  if (sequence < queue.first_unacknowledged(stream)) {
    return {};
  }
  AIOT_TRY_ASSIGN(const BatchHash hash, chain(self, stream, sequence));
  return queue.acknowledge(stream, sequence, hash);
}

int kind_of(const store::Entry& entry) noexcept {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max());
  const Result<record::Header> header = record::decode_header(entry.payload);
  return header.ok() && header->kind <= kMost ? static_cast<int>(header->kind) : AIOT_KIND_UNKNOWN;
}

/// The next record of any stream. Errors: those of the first stream that has one, when none has a
/// record; `kEmpty`.
Status next_record(aiot_device& self, MutableBytes buffer, aiot_record& record) noexcept {
  constexpr std::uint64_t kEnd = ~std::uint64_t{0};
  const store::Queue& queue = self.device->queue();
  Status problem = Error::kEmpty;
  for (std::size_t i = 0; i < kStreams; ++i) {
    const auto stream = static_cast<Stream>(i);
    if (!queue.used(stream)) {
      continue;
    }
    const Result<store::Entry> entry = read_record(queue, stream, self.cursors[i], kEnd, buffer);
    if (entry.ok()) {
      record.first = entry->first;
      record.last = entry->last;
      record.size = entry->payload.size();
      record.stream = static_cast<std::int32_t>(i);
      record.kind = kind_of(*entry);
      return {};
    }
    if (entry.error() == Error::kNoSpace) {  // less urgent ones do not overtake it
      record.size = max_record(queue);
      return Error::kNoSpace;
    }
    if (entry.error() != Error::kEmpty && problem.error() == Error::kEmpty) {
      problem = entry.error();
    }
  }
  return problem;
}

aiot_decision decision_of(const record::DecisionView& view) noexcept {
  aiot_decision decision{};
  decision.sequence = view.header.sequence;
  decision.frame = view.sample;
  decision.stream = static_cast<std::int32_t>(view.header.stream);
  decision.label = view.label;
  decision.confidence = static_cast<float>(view.confidence) / 256.0F;
  decision.flags = view.flags;
  std::memcpy(decision.context, view.header.context.data(), sizeof decision.context);
  decision.features =
      static_cast<std::uint32_t>(std::min<std::size_t>(view.features(), AIOT_MAX_FEATURES));
  for (std::uint32_t i = 0; i < decision.features; ++i) {
    decision.feature[i] = view.feature(i);
  }
  return decision;
}

aiot_stats stats_of(aiot_device& self) noexcept {
  const device::Metrics& metrics = self.device->metrics();
  const store::Queue& queue = self.device->queue();
  aiot_stats stats{};
  stats.frames = self.device->pipeline().position();
  stats.windows = metrics.windows;
  stats.records = metrics.records;
  stats.gaps = metrics.gaps;
  for (std::size_t i = 0; i < kStreams; ++i) {
    const auto stream = static_cast<Stream>(i);
    stats.waiting += queue.next_sequence(stream) - queue.first_unacknowledged(stream);
  }
  stats.starts = self.device->boot_count();
  stats.pipeline_errors = metrics.pipeline_errors;
  stats.store_errors = metrics.uplink_errors;
  stats.last_error = code(last_error(self.device->events()));
  stats.commissioning = self.device->commissioning() ? 1 : 0;
  stats.has_baseline = self.device->baseline_hash() != Hash256{} ? 1 : 0;
  return stats;
}

}  // namespace

extern "C" {

uint32_t aiot_version() {
  return AIOT_VERSION_NUMBER;
}

const char* aiot_version_string() {
  return kVersion;
}

const char* aiot_strerror(int result) {
  if (result > 0) {
    return to_string(Error::kNone);
  }
  // One that is no error has words, too.
  const bool known = result >= AIOT_WRONG_STATE;
  return to_string(static_cast<Error>(known ? -result : std::numeric_limits<std::uint8_t>::max()));
}

size_t aiot_device_size(const aiot_config* config) {
  capi::Settings settings;
  if (!capi::read_sizes(config, settings).ok()) {
    return 0;
  }
  const std::uint64_t size = capi::plan_memory(settings, nullptr).size + capi::kAlignment - 1;
  return size <= std::numeric_limits<std::size_t>::max() ? static_cast<std::size_t>(size) : 0;
}

int aiot_init(void* memory, size_t size, const aiot_config* config, aiot_device** device) {
  if (device == nullptr) {
    return AIOT_INVALID_ARGUMENT;
  }
  *device = nullptr;
  if (memory == nullptr) {
    return AIOT_INVALID_ARGUMENT;
  }
  capi::Settings settings;
  if (const Status read = capi::read_settings(config, settings); !read.ok()) {
    return code(read);
  }
  const std::size_t wanted = aiot_device_size(config);
  if (wanted == 0 || size < wanted) {
    return AIOT_NO_SPACE;
  }
  const std::size_t skew = reinterpret_cast<std::uintptr_t>(memory) % capi::kAlignment;
  auto* const begin =
      static_cast<std::byte*>(memory) + (capi::kAlignment - skew) % capi::kAlignment;
  const capi::MemoryPlan plan = capi::plan_memory(settings, begin);
  *device = new (begin) aiot_device(settings, plan);
  return AIOT_OK;
}

int aiot_deinit(aiot_device* device) {
  aiot_device* const self = find(device);
  if (self == nullptr) {
    return AIOT_INVALID_ARGUMENT;
  }
  self->~aiot_device();
  capi::forget(&self->alive);
  return AIOT_OK;
}

int aiot_load_package(aiot_device* device, const void* package, size_t size, int64_t now_us) {
  aiot_device* const self = find(device);
  if (self == nullptr || package == nullptr || size == 0) {
    return AIOT_INVALID_ARGUMENT;
  }
  return code(load_package(*self, {static_cast<const std::byte*>(package), size}, now_us));
}

int aiot_push(aiot_device* device, const int16_t* samples, size_t frames) {
  if (const Status status = running(device); !status.ok()) {
    return code(status);
  }
  if (samples == nullptr && frames > 0) {
    return AIOT_INVALID_ARGUMENT;
  }
  return static_cast<int>(find(device)->sensor.push(samples, frames));
}

int aiot_lost(aiot_device* device, size_t frames) {
  if (const Status status = running(device); !status.ok()) {
    return code(status);
  }
  constexpr std::size_t kMost = (std::size_t{1} << 28U) - 1;  // as samples they fit 32 bits
  if (frames > kMost) {
    return AIOT_OUT_OF_RANGE;
  }
  find(device)->sensor.lost(frames);
  return AIOT_OK;
}

int aiot_step(aiot_device* device, int64_t now_us) {
  if (const Status status = running(device); !status.ok()) {
    return code(status);
  }
  aiot_device& self = *find(device);
  if (const Status status = take_time(self, now_us); !status.ok()) {
    return code(status);
  }
  self.time->step({now_us});
  const std::uint64_t before = failures(self.device->metrics());
  const device::StepOutcome outcome = self.device->step({now_us});
  if (failures(self.device->metrics()) != before) {
    return code(last_error(self.device->events()));
  }
  return static_cast<int>(outcome);
}

int aiot_set_time(aiot_device* device, int64_t now_us, int64_t unix_ms, uint32_t uncertainty_ms) {
  aiot_device* const self = find(device);
  if (self == nullptr) {
    return AIOT_INVALID_ARGUMENT;
  }
  if (unix_ms < 0 || static_cast<std::uint64_t>(unix_ms) > record::kMaxUnixMs) {
    return AIOT_OUT_OF_RANGE;
  }
  if (const Status status = take_time(*self, now_us); !status.ok()) {
    return code(status);
  }
  // The time in the middle of twice the uncertainty from now on: there is nothing before 0.
  const Instant now{now_us};
  const Duration around = Duration::from_ms(2 * std::int64_t{uncertainty_ms});
  if (self->clock.sight(now, now + around, unix_ms + uncertainty_ms) ==
      link::SightingResult::kImpossible) {
    return AIOT_OUT_OF_RANGE;
  }
  return AIOT_OK;
}

int aiot_commission(aiot_device* device, uint32_t observations) {
  constexpr std::uint32_t kLeast = 6;
  constexpr std::uint32_t kMost = 1'000'000;
  if (const Status status = running(device); !status.ok()) {
    return code(status);
  }
  aiot_device& self = *find(device);
  if (observations < kLeast || observations > kMost) {
    return AIOT_OUT_OF_RANGE;
  }
  return self.settings.store.baseline.size == 0 ? AIOT_UNSUPPORTED
                                                : code(self.device->commission(observations));
}

int aiot_next_record(aiot_device* device, void* buffer, size_t size, aiot_record* record) {
  if (find(device) == nullptr || !capi::sized(record) || (buffer == nullptr && size > 0)) {
    return AIOT_INVALID_ARGUMENT;
  }
  if (!device->runs()) {
    return AIOT_WRONG_STATE;
  }
  aiot_record found{};
  const Status status = next_record(*find(device), {static_cast<std::byte*>(buffer), size}, found);
  if (status.ok()) {
    capi::give(found, record);
  } else if (status.error() == Error::kNoSpace) {
    record->size = found.size;
  }
  return code(status);
}

size_t aiot_max_record_size(const aiot_device* device) {
  return running(device).ok() ? max_record(find(device)->device->queue()) : 0;
}

int aiot_acknowledge(aiot_device* device, int32_t stream, uint64_t sequence) {
  if (find(device) == nullptr || !is_stream(stream)) {
    return AIOT_INVALID_ARGUMENT;
  }
  return device->runs() ? code(acknowledge(*find(device), static_cast<Stream>(stream), sequence))
                        : AIOT_WRONG_STATE;
}

int aiot_rewind(aiot_device* device) {
  if (const Status status = running(device); !status.ok()) {
    return code(status);
  }
  find(device)->cursors = {};
  return AIOT_OK;
}

int aiot_get_cursor(const aiot_device* device, int32_t stream, aiot_cursor* cursor) {
  if (find(device) == nullptr || !is_stream(stream) || !capi::sized(cursor)) {
    return AIOT_INVALID_ARGUMENT;
  }
  if (!device->runs()) {
    return AIOT_WRONG_STATE;
  }
  const store::Queue& queue = find(device)->device->queue();
  const BatchHash hash = queue.acknowledged_hash(static_cast<Stream>(stream));
  aiot_cursor found{};
  found.next = queue.first_unacknowledged(static_cast<Stream>(stream));
  std::memcpy(found.hash, hash.data(), sizeof found.hash);
  capi::give(found, cursor);
  return AIOT_OK;
}

int aiot_read_decision(const void* record, size_t size, aiot_decision* decision) {
  if (!capi::sized(decision) || record == nullptr) {
    return AIOT_INVALID_ARGUMENT;
  }
  const Result<record::DecisionView> view =
      record::decode_decision({static_cast<const std::byte*>(record), size});
  if (!view.ok()) {
    return code(view.error());
  }
  capi::give(decision_of(*view), decision);
  return AIOT_OK;
}

const char* aiot_label(const aiot_device* device, int32_t label) {
  if (!running(device).ok() || label < 0) {
    return "";
  }
  const std::string_view name = find(device)->device->package().label(static_cast<size_t>(label));
  return name.empty() ? "" : name.data();  // there is a NUL behind it
}

int aiot_get_stats(const aiot_device* device, aiot_stats* stats) {
  if (find(device) == nullptr || !capi::sized(stats)) {
    return AIOT_INVALID_ARGUMENT;
  }
  if (!device->runs()) {
    return AIOT_WRONG_STATE;
  }
  capi::give(stats_of(*find(device)), stats);
  return AIOT_OK;
}

int aiot_get_stream_stats(const aiot_device* device, int32_t stream, aiot_stream_stats* stats) {
  if (find(device) == nullptr || !is_stream(stream) || !capi::sized(stats)) {
    return AIOT_INVALID_ARGUMENT;
  }
  if (!device->runs()) {
    return AIOT_WRONG_STATE;
  }
  const store::StreamStats found = find(device)->device->queue().stats(static_cast<Stream>(stream));
  aiot_stream_stats given{};
  given.next_sequence = found.next_sequence;
  given.first_unacknowledged = found.first_unacknowledged;
  given.oldest_sequence = found.oldest_sequence;
  given.dropped = found.dropped;
  given.refused = found.refused;
  given.thinned = found.thinned;
  given.sectors = found.sectors;
  given.used_sectors = found.used_sectors;
  given.bad_sectors = found.bad_sectors;
  given.erase_count = found.erase_count;
  capi::give(given, stats);
  return AIOT_OK;
}

}  // extern "C"
