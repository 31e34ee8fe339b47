// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aiot/device/baseline.hpp"
#include "aiot/device/device.hpp"
#include "aiot/device/time_recorder.hpp"
#include "aiot/dsp/bearing_monitor.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/toolkit/condition_analysis.hpp"
#include "aiot/toolkit/files.hpp"
#include "aiot/toolkit/recording.hpp"
#include "aiot/toolkit/recording_mark.hpp"
#include "ports/linux/clock.hpp"
#include "ports/linux/replay_sensor.hpp"
#include "ports/linux/stdin_sensor.hpp"
#include "tools/aiot/analysis_options.hpp"
#include "tools/aiot/broker_options.hpp"
#include "tools/aiot/broker_sink.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/output_file.hpp"
#include "tools/aiot/package_file.hpp"
#include "tools/aiot/run_commands.hpp"
#include "tools/aiot/run_options.hpp"
#include "tools/aiot/run_source.hpp"
#include "tools/aiot/run_store.hpp"
#include "tools/aiot/run_view.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

// Roomy: whatever a package may ask for on a host.
constexpr Shape kHostShape{
    .window = 8192,
    .axes = 8,
    .ring = 65536,
    .scratch = 65536,
    .features = 64,
    .arena = 4U << 20U,
    .record = 4096,
    .batch = 65536,
    .batches_in_flight = hal::kMaxBatchesInFlight,
    .events = 64,
    .bearing = dsp::bearing_floats({.transform = dsp::kMaxFft, .slots = dsp::kMaxBearingViews}),
    .condition = true};
constexpr std::size_t kChunkFrames = 1024;
constexpr Duration kDeliveryPatience = Duration::from_s(10);
// A file is on this machine, and a broker is dialled with a back-off of its own.
constexpr Duration kLongestBackoff = Duration::from_s(1);
constexpr Duration kRest = Duration::from_ms(1);

volatile std::sig_atomic_t g_stop = 0;

extern "C" void on_stop(int /*signal*/) {
  g_stop = 1;
}

/// The first signal ends the walk and delivers what there is; the second one ends the process,
/// which a store survives. Until the walk there is nothing to deliver, so that signals end it at
/// once.
void stop_on_signals() {
  struct sigaction action {};

  action.sa_handler = on_stop;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  (void)::sigaction(SIGINT, &action, nullptr);
  (void)::sigaction(SIGTERM, &action, nullptr);
}

/// One run from the first sample to the last delivery.
class Run {
 public:
  Run(const RunOptions& options, PackageFile package)
      : options_(options),
        package_(std::move(package)),
        view_(format_of(options), package_.package(), progress_) {}

  ExitCode from_recording();
  ExitCode from_stdin();

 private:
  static Format format_of(const RunOptions& options) {
    if (options.json) {
      return options.quiet ? Format::kJsonSummary : Format::kJson;
    }
    return options.quiet || options.sink == "-" ? Format::kSummary : Format::kTable;
  }

  std::optional<std::string> open_ends();
  std::optional<std::string> mark_store(const toolkit::Recording& recording);
  std::optional<std::string> export_replay(const toolkit::Recording& recording);
  std::optional<std::string> meet_machine(const std::optional<double>& rpm);
  std::optional<std::string> keep_baseline();
  DeviceConfig config() const;
  std::optional<std::string> start(hal::SensorRef sensor, DeviceConfig config);
  std::string start_problem(Error error, const hal::SensorFormat& format) const;
  template <class Sensor>
  std::optional<std::string> walk(Sensor& sensor);
  void pace(linux_port::ReplaySensor& sensor) const;
  void pace(linux_port::StdinSensor& sensor) const;
  void rest(linux_port::ReplaySensor& sensor) const;
  void rest(linux_port::StdinSensor& sensor) const;
  void show_progress(linux_port::ReplaySensor& sensor);
  void show_progress(linux_port::StdinSensor& sensor);
  std::optional<std::string> deliver();
  std::optional<std::string> deliver_to_broker();
  void serve_broker(Instant now);
  std::optional<std::string> trouble() const;
  ExitCode finish(std::optional<std::string> problem);
  std::uint64_t waiting();

  const RunOptions& options_;
  PackageFile package_;
  Progress progress_;
  RunView view_;
  RunStore store_;
  RunSink sink_;
  std::optional<BrokerSink> broker_;
  RunCommands commands_;
  toolkit::StreamBegin begin_{};
  toolkit::NamedBearing bearing_;
  double rpm_ = 0.0;
  linux_port::MonotonicClock clock_;
  std::unique_ptr<Storage<kHostShape>> storage_ = std::make_unique<Storage<kHostShape>>();
  std::optional<Device> device_;
  std::optional<device::TimeRecorder> times_;  // live, and with a way to learn the time
  double rate_hz_ = 0.0;
  double seconds_ = 0.0;
  bool interrupted_ = false;
  std::int64_t progress_us_ = 0;
};

std::optional<std::string> Run::open_ends() {
  if (auto problem = store_.open(options_.store, options_.device)) {
    return problem;
  }
  if (!options_.broker.url.empty()) {
    if (options_.store.empty()) {
      std::fprintf(
          stderr,
          "aiot: without --store nothing is kept, and the next run counts from 0 again, which "
          "the consumer does not take from the same device\n");
    }
    broker_.emplace([this](const std::string& problem) {
      progress_.clear();
      std::fprintf(stderr, "aiot: %s\n", problem.c_str());
    });
    return broker_->open(
        options_.broker, options_.device, options_.device_key, options_.operator_key);
  }
  return sink_.open(options_.sink);
}

/// Finds out whether the store is in the middle of this recording; otherwise it begins here.
std::optional<std::string> Run::mark_store(const toolkit::Recording& recording) {
  if (options_.store.empty()) {
    return std::nullopt;
  }
  const auto begin = toolkit::begin_recording(
      options_.store, store_.flash(), store_.map(), recording, package_.package().hash);
  if (!begin.ok()) {
    return begin.problem().text;
  }
  begin_ = *begin;
  return std::nullopt;
}

std::optional<std::string> Run::export_replay(const toolkit::Recording& recording) {
  if (options_.export_path.empty()) {
    return std::nullopt;
  }
  return write_file(options_.export_path, toolkit::encode_replay(recording, 0));
}

/// What the sensor listens to: `rpm` is what the recording says.
std::optional<std::string> Run::meet_machine(const std::optional<double>& rpm) {
  const bool looks = package_.package().has_bearing;
  if (!is_missing(options_.bearing)) {
    auto bearing = chosen_bearing(options_.bearing);
    if (!bearing.ok()) {
      return bearing.problem().text;
    }
    bearing_ = std::move(*bearing);
  }
  // Only where it is asked for: what a device records that was not told stays comparable.
  rpm_ = options_.rpm.value_or(looks || bearing_.geometry.balls > 0 ? rpm.value_or(0.0) : 0.0);
  if (!looks || (rpm_ > 0.0 && bearing_.geometry.balls > 0)) {
    return std::nullopt;
  }
  const std::string what = bearing_.geometry.balls > 0 ? "--rpm"
                           : rpm_ > 0.0                ? "--bearing, or --balls, --ball-diameter "
                                                         "and --pitch-diameter"
                                                       : "--rpm and --bearing";
  return package_.name() + ": looks at a bearing; tell which machine with " + what;
}

/// Puts --baseline where the device looks for it, unless it is there.
std::optional<std::string> Run::keep_baseline() {
  if (options_.baseline.empty()) {
    return std::nullopt;
  }
  const auto content = toolkit::read_file(options_.baseline);
  if (!content.ok()) {
    return content.problem().text;
  }
  const auto window = toolkit::baseline_window(*content, options_.baseline);
  if (!window.ok()) {
    return window.problem().text;
  }
  if (*window != package_.package().plan.window) {
    return options_.baseline + ": is of windows of " + std::to_string(*window) +
           " samples, those of the package have " + std::to_string(package_.package().plan.window) +
           "; make one with aiot commission --window";
  }
  const hal::FlashRegion region = store_.map().baseline;
  std::array<std::byte, decide::kMaxAnomalyModelBytes> room{};
  const Result<Bytes> kept = device::load_baseline(store_.flash(), region, room);
  if (kept.ok() && std::equal(kept->begin(), kept->end(), content->begin(), content->end())) {
    return std::nullopt;
  }
  const Status saved = device::save_baseline(store_.flash(), region, *content);
  if (saved.error() == Error::kWrongState) {
    return options_.store + ": has no room for a baseline; use another --store";
  }
  return saved.ok() ? std::nullopt
                    : std::optional(options_.store + ": the baseline can not be kept (" +
                                    to_string(saved.error()) + "); check the disk of the store");
}

DeviceConfig Run::config() const {
  return {.device_id = options_.device,
          .site = options_.site,
          .firmware_version = options_.firmware_version,
          .firmware_hash = parse_hash(options_.firmware_hash).value_or(Hash256{}),
          .package = package_.bytes(),
          .machine = {.speed_rpm = static_cast<float>(rpm_),
                      .bearing_name = bearing_.name,
                      .bearing = bearing_.geometry},
          .kernels = &nn::ref::kernels,
          .flash = store_.map(),
          .origin = device::Origin::kLive,
          .replay_begin = begin_,
          .uplink = {.backoff_max = kLongestBackoff}};
}

std::string Run::start_problem(Error error, const hal::SensorFormat& format) const {
  const model::Package& package = package_.package();
  const Status plan = dsp::check(package.plan, format.rate_hz);
  if (plan.error() == Error::kOutOfRange) {
    return package_.name() + ": its features can not be computed at " +
           printed("%g", static_cast<double>(format.rate_hz)) +
           " Hz; use a recording with a higher rate";
  }
  if (error == Error::kNoSpace) {
    return package_.name() + ": needs more memory than this command has; use a smaller package";
  }
  if (error == Error::kCorrupt || error == Error::kIo || error == Error::kUnsupported) {
    return (options_.store.empty() ? std::string("the store") : options_.store) +
           ": the store can not be used (" + to_string(error) + "); use another --store";
  }
  return std::string("the device does not start (") + to_string(error) +
         "); check package, --device and recording";
}

std::optional<std::string> Run::start(hal::SensorRef sensor, DeviceConfig config) {
  const hal::SensorFormat format = sensor.format();
  rate_hz_ = static_cast<double>(format.rate_hz);
  const bool commanded = broker_ && broker_->commanded();
  if (commanded) {
    if (auto problem = commands_.open(store_.flash(), store_.map(), config)) {
      return problem;
    }
  }
  device_.emplace(config,
                  Ports{.flash = store_.flash(),
                        .sensor = sensor,
                        .sink = broker_ ? hal::SinkRef(*broker_) : hal::SinkRef(sink_),
                        .watchdog = {}},
                  *storage_);
  const Status started = device_->start(clock_.now());
  if (!started.ok()) {
    return start_problem(started.error(), format);
  }
  if (commanded) {
    commands_.start(*device_, *broker_);
  }
  // A run that goes on has learnt already, or has gone too far to call what it hears healthy.
  const bool learns = options_.commission > 0 && device_->resumed_at() == 0;
  if (learns && !device_->commission(options_.commission).ok()) {
    return package_.name() + ": its windows are too short to commission a machine with, at least " +
           std::to_string(dsp::kMinOctaveWindow) + " samples; use another package";
  }
  return std::nullopt;
}

/// What failed inside of the device, in words; nothing when all is well.
std::optional<std::string> Run::trouble() const {
  const device::Metrics& metrics = device_->metrics();
  if (metrics.pipeline_errors == 0 && metrics.sensor_errors == 0) {
    return std::nullopt;
  }
  const EventRing& events = device_->events();
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::string why = to_string(events[i].error);
    if (events[i].id == EventId::kSensorFailed) {
      return "standard input can not be read further (" + why + "); send whole samples";
    }
    if (events[i].id == EventId::kPipelineFailed || events[i].id == EventId::kQueueFailed) {
      return "a window could not be decided or recorded (" + why +
             "); check the space and the disk of the store";
    }
  }
  return "the device failed; check the store";
}

void Run::pace(linux_port::ReplaySensor& sensor) const {
  if (options_.pace > 0.0) {
    const double due = static_cast<double>(clock_.now().us) * 1e-6 * rate_hz_ * options_.pace +
                       static_cast<double>(device_->resumed_at());
    sensor.allow_until(due < 1e18 ? static_cast<std::uint64_t>(due) : UINT64_MAX);
  }
}

void Run::pace(linux_port::StdinSensor& /*sensor*/) const {}

void Run::rest(linux_port::ReplaySensor& /*sensor*/) const {
  if (options_.pace > 0.0) {
    (void)::usleep(1000);
  }
}

void Run::rest(linux_port::StdinSensor& /*sensor*/) const {
  pollfd ready{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  (void)::poll(&ready, 1, 50);
}

void Run::show_progress(linux_port::ReplaySensor& sensor) {
  const double done = static_cast<double>(sensor.position());
  const double all = static_cast<double>(sensor.frames());
  seconds_ = done / rate_hz_;
  if (!progress_.enabled() || clock_.now().us < progress_us_) {
    return;
  }
  progress_us_ = clock_.now().us + 100'000;
  progress_.show(printed("%3.0f %%  ", 100.0 * done / all) + printed("%.1f s", seconds_) +
                 printed(" of %.1f s", all / rate_hz_));
}

void Run::show_progress(linux_port::StdinSensor& sensor) {
  seconds_ = static_cast<double>(sensor.samples()) / sensor.format().axes / rate_hz_;
  if (!progress_.enabled() || clock_.now().us < progress_us_) {
    return;
  }
  progress_us_ = clock_.now().us + 100'000;
  progress_.show(printed("%.1f s of samples", seconds_));
}

template <class Sensor>
std::optional<std::string> Run::walk(Sensor& sensor) {
  stop_on_signals();
  while (g_stop == 0 && !device_->sensor_ended()) {
    pace(sensor);
    const Instant now = clock_.now();
    serve_broker(now);
    const device::StepOutcome outcome = device_->step(now);
    if (auto problem = trouble()) {
      return problem;
    }
    show_progress(sensor);
    if (outcome == device::StepOutcome::kIdle) {
      rest(sensor);
    } else {
      view_.window(*device_, outcome == device::StepOutcome::kRecorded);
    }
  }
  interrupted_ = !device_->sensor_ended();
  if (broker_) {
    return deliver_to_broker();
  }
  return sink_.delivers() ? deliver() : std::nullopt;
}

/// Waits a little for a pipe or terminal that is full. False when it takes bytes or is broken.
bool reader_pauses(int descriptor) {
  pollfd wanted{.fd = descriptor, .events = POLLOUT, .revents = 0};
  return ::poll(&wanted, 1, 50) == 0;
}

/// Steps on until the sink has acknowledged everything. Whoever reads standard output may pause
/// for as long as he likes.
std::optional<std::string> Run::deliver() {
  Instant until = clock_.now() + kDeliveryPatience;
  while (!device_->drained()) {
    (void)device_->step(clock_.now());
    if (options_.sink == "-" && reader_pauses(STDOUT_FILENO)) {
      until = clock_.now() + kDeliveryPatience;
    }
    if (until < clock_.now()) {
      return (options_.sink == "-" ? std::string("standard output") : options_.sink) +
             ": takes no more records; make room and run again to deliver the rest";
    }
  }
  return std::nullopt;
}

void Run::serve_broker(Instant now) {
  if (broker_) {
    broker_->step(now);
    commands_.step(now);
  }
  if (times_) {
    times_->step(now);
  }
}

/// Steps on until the consumer has acknowledged everything, or nothing has come of it for too long.
std::optional<std::string> Run::deliver_to_broker() {
  const Duration patience = Duration::from_s(options_.patience_s);
  Instant until = clock_.now() + patience;
  std::uint64_t acknowledged = device_->uplink_stats().acknowledged;
  bool given_up = false;
  while (!device_->drained() && !given_up) {
    const Instant now = clock_.now();
    serve_broker(now);
    (void)device_->step(now);
    if (acknowledged != device_->uplink_stats().acknowledged) {
      acknowledged = device_->uplink_stats().acknowledged;
      until = clock_.now() + patience;
    }
    given_up = until < clock_.now();
    broker_->wait(kRest);
  }
  commands_.close(clock_.now());
  broker_->close(clock_.now());
  if (!given_up) {
    return std::nullopt;
  }
  const std::string why =
      broker_->problem().empty()
          ? broker_->name() +
                ": no consumer acknowledges; check that one runs and has the key of " +
                options_.device + ", and that the broker's access rules let it read and answer"
          : broker_->problem();
  return why + (options_.store.empty()
                    ? "; what was not delivered is lost without --store"
                    : "; what was not delivered stays in the store for the next run");
}

std::uint64_t Run::waiting() {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < kStreams; ++i) {
    const auto stream = static_cast<Stream>(i);
    count += device_->queue().next_sequence(stream) - device_->queue().first_unacknowledged(stream);
  }
  return count;
}

ExitCode Run::finish(std::optional<std::string> problem) {
  progress_.clear();
  view_.end(*device_,
            {.store = options_.store,
             .sink = broker_ ? broker_->name() : options_.sink,
             .seconds = seconds_,
             .interrupted = interrupted_,
             .waiting = waiting()});
  if (problem) {
    return fail(*problem);
  }
  if (interrupted_) {
    (void)fail(options_.store.empty() || options_.source.recording == "-"
                   ? "interrupted; what was decided until then is all there is"
                   : "interrupted; run it again to go on behind the last record");
    return ExitCode::kInterrupted;
  }
  if (device_->metrics().windows > 0) {
    if (device_->commissioning()) {
      std::fprintf(stderr,
                   "aiot: the machine is not commissioned yet: the recording ended before %u "
                   "observations; record longer or ask for fewer\n",
                   static_cast<unsigned>(options_.commission));
    }
    return ExitCode::kOk;
  }
  if (device_->resumed_at() == 0) {
    return fail("no window of " + std::to_string(package_.package().plan.window) +
                " samples without a gap; record longer pieces");
  }
  std::fprintf(
      stderr,
      "aiot: nothing new: the store holds this recording's decisions already; name another "
      "--store to run it again\n");
  return ExitCode::kOk;
}

ExitCode Run::from_recording() {
  const auto recording = open_source(options_.source, package_.package(), [this](double done) {
    progress_.show(printed("simulating  %3.0f %%", 100.0 * done));
  });
  progress_.clear();
  if (!recording.ok()) {
    return fail(recording.problem().text);
  }
  auto problem = meet_machine(recording->rpm);
  problem = problem ? problem : export_replay(*recording);
  problem = problem ? problem : open_ends();
  problem = problem ? problem : keep_baseline();
  problem = problem ? problem : mark_store(*recording);
  if (problem) {
    return fail(*problem);
  }
  std::vector<linux_port::ReplayGap> gaps;
  for (const toolkit::RecordingGap& gap : recording->gaps) {
    gaps.push_back({.frame = gap.frame, .lost = gap.lost});
  }
  linux_port::ReplaySensor sensor(
      toolkit::format_of(*recording), recording->samples, gaps, kChunkFrames);
  DeviceConfig device_config = config();
  device_config.origin = device::Origin::kReplay;
  if (auto wrong = start(sensor, device_config)) {
    return fail(*wrong);
  }
  view_.begin(&*recording, package_.name());
  return finish(walk(sensor));
}

ExitCode Run::from_stdin() {
  const auto format = stdin_format(options_.source, package_.package());
  if (!format.ok()) {
    return fail(format.problem().text);
  }
  auto problem = meet_machine(std::nullopt);
  problem = problem ? problem : open_ends();
  problem = problem ? problem : keep_baseline();
  if (problem) {
    return fail(*problem);
  }
  linux_port::StdinSensor sensor(*format, STDIN_FILENO);
  if (auto wrong = start(sensor, config())) {
    return fail(*wrong);
  }
  if (broker_) {
    times_.emplace(*device_, broker_->clock(), device::TimeRecorderConfig{});
  }
  view_.begin(nullptr, package_.name());
  return finish(walk(sensor));
}

ExitCode run(const RunOptions& options) {
  auto package = PackageFile::open(options.package);
  if (!package.ok()) {
    return fail(package.problem().text);
  }
  Run run(options, std::move(*package));
  return options.source.recording == "-" ? run.from_stdin() : run.from_recording();
}

}  // namespace

void add_run(CLI::App& app, ExitCode& exit) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App* const verb =
      app.add_subcommand("run", "Walk a recording or a simulated machine through the pipeline");
  add_run_options(*verb, *options);
  verb->callback([options, &exit] {
    if (const auto problem = usage_problem(*options)) {
      throw CLI::ValidationError(*problem);
    }
    exit = run(*options);
  });
}

}  // namespace aiot::cli
