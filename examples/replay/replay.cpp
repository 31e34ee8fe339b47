// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "examples/replay/replay.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "aiot/core/feature_id.hpp"
#include "aiot/decide/bearing_rule.hpp"
#include "aiot/dsp/bearing_monitor.hpp"
#include "aiot/nn/ref/kernels.hpp"
#include "aiot/record/record.hpp"
#include "aiot/toolkit/recording_mark.hpp"
#include "ports/linux/clock.hpp"
#include "ports/linux/file_sink.hpp"
#include "ports/linux/replay_sensor.hpp"
#include "ports/linux/store_dir.hpp"

namespace replay {
namespace {

using aiot::toolkit::Loaded;
using aiot::toolkit::Problem;
using aiot::toolkit::Recording;

constexpr aiot::Shape kShape{
    .window = 2048, .ring = 4096, .bearing = aiot::dsp::bearing_floats({}), .condition = true};

std::vector<aiot::linux_port::ReplayGap> gaps_of(const Recording& recording) {
  std::vector<aiot::linux_port::ReplayGap> gaps;
  for (const aiot::toolkit::RecordingGap& gap : recording.gaps) {
    gaps.push_back({gap.frame, gap.lost});
  }
  return gaps;
}

/// Everything that a device needs, in one place and alive as long as it.
class Walk : public Replay {
 public:
  explicit Walk(const Recording& recording)
      : gaps_(gaps_of(recording)),
        sensor_(aiot::toolkit::format_of(recording), recording.samples, gaps_, 1024) {}

  std::optional<Problem> start(const Recording& recording, const Config& config);
  bool run(const std::function<void(const aiot::Device&)>& each) override;

 private:
  std::vector<aiot::linux_port::ReplayGap> gaps_;
  aiot::linux_port::ReplaySensor sensor_;
  aiot::linux_port::StoreDir store_;
  aiot::linux_port::FileSink sink_;
  aiot::linux_port::MonotonicClock clock_;
  aiot::Storage<kShape> storage_;
  std::optional<aiot::Device> device_;
};

std::optional<Problem> Walk::start(const Recording& recording, const Config& config) {
  if (!store_.open_or_create(config.store, aiot::linux_port::default_store_layout(64)).ok()) {
    return Problem{store_.message()};
  }
  const std::string delivered = config.store + ".cbor";
  if (const auto opened = sink_.open(delivered.c_str(), aiot::record::whole_records);
      !opened.ok()) {
    return Problem{delivered + ": " + aiot::to_string(opened.error())};
  }
  const auto package = aiot::model::load(config.package);
  if (!package.ok()) {
    return Problem{std::string("package: ") + aiot::to_string(package.error())};
  }
  const auto begin = aiot::toolkit::begin_recording(
      config.store, store_.flash(), store_.layout().map, recording, package->hash);
  if (!begin.ok()) {
    return begin.problem();
  }
  const aiot::DeviceConfig device{.device_id = "replay",
                                  .firmware_version = "0.1.0",
                                  .package = config.package,
                                  .machine = config.machine,
                                  .kernels = &aiot::nn::ref::kernels,
                                  .flash = store_.layout().map,
                                  .origin = aiot::device::Origin::kReplay,
                                  .replay_begin = *begin};
  device_.emplace(device, aiot::Ports{store_.flash(), sensor_, sink_, {}}, storage_);
  const aiot::Status started = device_->start(clock_.now());
  return started.ok() ? std::nullopt
                      : std::optional(Problem{std::string("the device does not start: ") +
                                              aiot::to_string(started.error())});
}

bool Walk::run(const std::function<void(const aiot::Device&)>& each) {
  while (!(device_->sensor_ended() && device_->drained())) {
    if (device_->step(clock_.now()) == aiot::device::StepOutcome::kRecorded) {
      each(*device_);
    } else if (device_->sensor_ended()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));  // the file may be full or away
    }
  }
  return device_->metrics().pipeline_errors == 0;
}

}  // namespace

Loaded<std::unique_ptr<Replay>> Replay::open(const Recording& recording, const Config& config) {
  auto walk = std::make_unique<Walk>(recording);
  if (auto problem = walk->start(recording, config)) {
    return std::move(*problem);
  }
  return std::unique_ptr<Replay>(std::move(walk));
}

std::string diagnosis(const aiot::toolkit::BearingAnalysis& analysis) {
  const aiot::decide::BearingVerdict verdict = aiot::decide::judge(analysis.evidence, {});
  std::array<char, 128> text{};
  (void)std::snprintf(text.data(),
                      text.size(),
                      "%s, %.1f dB above the floor, confidence %.0f %%",
                      aiot::decide::name(verdict.state),
                      static_cast<double>(verdict.level_db),
                      100.0 * static_cast<double>(verdict.confidence));
  return text.data();
}

std::string line(const aiot::Device& device) {
  const aiot::device::Pipeline& pipeline = device.pipeline();
  const std::string label(device.package().label(pipeline.decision().label));
  const aiot::FeatureId feature = device.package().plan.features[0].id;
  std::array<char, 256> text{};
  (void)std::snprintf(text.data(),
                      text.size(),
                      "%8.2f s  %-10s %3d %%  %s %.3g %s",
                      static_cast<double>(pipeline.window().first_sample) /
                          static_cast<double>(pipeline.window().rate_hz),
                      label.empty() ? "unknown" : label.c_str(),
                      pipeline.decision().confidence * 100 / 256,
                      aiot::name(feature),
                      static_cast<double>(pipeline.features()[0]),
                      aiot::unit(feature));
  return text.data();
}

std::string option(int argc, char** argv, const char* name) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::string_view(argv[i]) == name) {
      return argv[i + 1];
    }
  }
  return {};
}

}  // namespace replay
