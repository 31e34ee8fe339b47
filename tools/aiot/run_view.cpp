// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/run_view.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <span>

#include "aiot/core/flags.hpp"
#include "tools/aiot/reason_text.hpp"

namespace aiot::cli {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMainFeatures = 4;
constexpr std::size_t kTimeWidth = 10;
constexpr std::size_t kClassWidth = 10;
constexpr std::size_t kConfidenceWidth = 5;

void print_json(const ordered_json& value) {
  const std::string text =
      value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  (void)std::fputs(text.c_str(), stdout);
  (void)std::fflush(stdout);
}

double time_of(const Device& device) {
  const dsp::Window& window = device.pipeline().window();
  return static_cast<double>(window.first_sample) / static_cast<double>(window.rate_hz);
}

double percent_of(std::uint8_t confidence) {
  return confidence * 100.0 / 256.0;
}

std::span<const Cause> reasons_of(const decide::Decision& decision) {
  return {decision.reasons.begin(), decision.reasons.size()};
}

/// Name and unit of a column, in two lines that fit into `width`.
std::size_t column_width(const FeatureName& feature, std::uint32_t axes) {
  return std::max<std::size_t>({title_of(feature, axes).size(), 9});
}

}  // namespace

RunView::RunView(Format format, const model::Package& package, Progress& progress)
    : format_(format),
      package_(&package),
      progress_(&progress),
      paint_(1),
      windows_by_label_(package.labels) {
  for (const dsp::FeatureSpec& spec : package.plan.features) {
    features_.push_back({spec.id, spec.axis, spec.lo_hz, spec.hi_hz});
  }
  shown_ = main_features(features_, kMainFeatures);
}

std::string RunView::label_text(std::uint8_t label) const {
  return label < package_->labels ? std::string(package_->label(label)) : "unknown";
}

void RunView::begin(const toolkit::Recording* recording, const std::string& package_name) {
  if (format_ != Format::kTable) {
    return;
  }
  progress_->clear();
  if (recording != nullptr) {
    std::string text =
        printable(recording->source) + ", " + printed("%g Hz, ", recording->rate_hz) +
        printed("%.1f s", static_cast<double>(recording->frames()) / recording->rate_hz);
    if (!recording->gaps.empty()) {
      text += printed(" out of %.0f s",
                      static_cast<double>(recording->stream_frames()) / recording->rate_hz);
    }
    if (recording->rpm) {
      text += printed(", %g rpm", *recording->rpm);
    }
    if (!recording->label.empty()) {
      text += ", labelled '" + printable(recording->label) + "'";
    }
    std::printf("%s\n", text.c_str());
    for (const std::string& note : recording->notes) {
      const bool warning = note.starts_with("warning");
      std::printf("  %s\n",
                  paint_(warning ? Colour::kBad : Colour::kWeak, printable(note)).c_str());
    }
  }
  std::printf("package %s %s (%s)\n\n",
              std::string(package_->name).c_str(),
              version_text(package_->version).c_str(),
              printable(package_name).c_str());
}

void RunView::header() {
  std::string titles = right("time", kTimeWidth) + "  " + left("class", kClassWidth) + " " +
                       right("conf", kConfidenceWidth);
  std::string units =
      right("s", kTimeWidth) + "  " + left("", kClassWidth) + " " + right("%", kConfidenceWidth);
  for (const std::size_t i : shown_) {
    const std::size_t width = column_width(features_[i], package_->plan.axes);
    titles += "  " + right(title_of(features_[i], package_->plan.axes), width);
    units += "  " + right(unit(features_[i].id), width);
  }
  std::printf("%s\n%s\n",
              paint_(Colour::kStrong, titles + "  flags").c_str(),
              paint_(Colour::kWeak, units).c_str());
}

void RunView::row(const Device& device) {
  if (!header_printed_) {
    header();
    header_printed_ = true;
  }
  const decide::Decision& decision = device.pipeline().decision();
  const Colour colour = decision.abnormal                 ? Colour::kBad
                        : decision.label == kUnknownLabel ? Colour::kWeak
                                                          : Colour::kGood;
  std::string text = right(printed("%.3f", time_of(device)), kTimeWidth) + "  " +
                     paint_(colour, left(label_text(decision.label), kClassWidth)) + " " +
                     right(printed("%.0f", percent_of(decision.confidence)), kConfidenceWidth);
  for (const std::size_t i : shown_) {
    text += "  " + right(value_text(static_cast<double>(device.pipeline().features()[i])),
                         column_width(features_[i], package_->plan.axes));
  }
  std::printf("%s  %s\n", text.c_str(), joined(flag_words(decision.flags), " ").c_str());
  explain(device);
  (void)std::fflush(stdout);
}

/// Why, below the line of a decision that differs from the one before.
void RunView::explain(const Device& device) {
  const decide::Decision& decision = device.pipeline().decision();
  const bool alarm = (decision.flags & kFlagCondition) != 0;
  if (explained_ && decision.label == last_label_ && alarm == last_alarm_) {
    return;
  }
  explained_ = true;
  last_label_ = decision.label;
  last_alarm_ = alarm;
  for (const std::string& reason : reason_texts(
           reasons_of(decision), static_cast<double>(device.pipeline().window().rate_hz))) {
    std::printf("%s%s\n", left("", kTimeWidth + 2).c_str(), paint_(Colour::kWeak, reason).c_str());
  }
}

void RunView::json_row(const Device& device) {
  const decide::Decision& decision = device.pipeline().decision();
  ordered_json line{{"kind", "decision"},
                    {"context", hex(device.context())},
                    {"stream", stream_name(device.pipeline().accepted().stream)},
                    {"sequence", device.pipeline().accepted().sequence},
                    {"sample", device.pipeline().window().first_sample},
                    {"time_s", time_of(device)}};
  line["label"] = decision.label == kUnknownLabel ? ordered_json() : ordered_json(decision.label);
  line["class"] =
      decision.label < package_->labels ? ordered_json(label_text(decision.label)) : ordered_json();
  line["confidence"] = decision.confidence / 256.0;
  line["abnormal"] = decision.abnormal;
  ordered_json features = ordered_json::object();
  for (std::size_t i = 0; i < features_.size(); ++i) {
    features[key_of(features_[i], package_->plan.axes)] = device.pipeline().features()[i];
  }
  line["features"] = features;
  line["flags"] = flag_words(decision.flags);
  line["reasons"] = reason_names(reasons_of(decision));
  line["reason_details"] =
      reason_details(reasons_of(decision), static_cast<double>(device.pipeline().window().rate_hz));
  print_json(line);
}

void RunView::window(const Device& device, bool recorded) {
  const std::uint8_t label = device.pipeline().decision().label;
  if (label < windows_by_label_.size()) {
    ++windows_by_label_[label];
  } else {
    ++unknown_windows_;
  }
  if (!recorded || format_ == Format::kSummary || format_ == Format::kJsonSummary) {
    return;
  }
  progress_->clear();
  if (format_ == Format::kJson) {
    json_row(device);
  } else {
    row(device);
  }
}

std::string RunView::classes_text() const {
  std::string text;
  const auto add = [&text](const std::string& name, std::uint64_t count) {
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + name;
  };
  for (std::size_t i = 0; i < windows_by_label_.size(); ++i) {
    if (windows_by_label_[i] > 0) {
      add(label_text(static_cast<std::uint8_t>(i)), windows_by_label_[i]);
    }
  }
  if (unknown_windows_ > 0) {
    add("unknown", unknown_windows_);
  }
  return text;
}

void RunView::json_end(const Device& device, const Totals& totals) const {
  const device::Metrics& metrics = device.metrics();
  ordered_json classes = ordered_json::object();
  for (std::size_t i = 0; i < windows_by_label_.size(); ++i) {
    classes[label_text(static_cast<std::uint8_t>(i))] = windows_by_label_[i];
  }
  print_json({{"kind", "summary"},
              {"windows", metrics.windows},
              {"windows_by_class", classes},
              {"windows_unknown", unknown_windows_},
              {"records", metrics.records},
              {"gaps", metrics.gaps},
              {"seconds", totals.seconds},
              {"interrupted", totals.interrupted},
              {"boot", device.boot_count()},
              {"resumed_at_sample", device.resumed_at()},
              {"baseline",
               device.baseline_hash() == Hash256{} ? ordered_json()
                                                   : ordered_json(hex(device.baseline_hash()))},
              {"commissioning", device.commissioning()},
              {"store", totals.store},
              {"sink", totals.sink},
              {"delivered", device.uplink_stats().records},
              {"waiting", totals.waiting}});
}

void RunView::text_end(const Device& device, const Totals& totals) const {
  // Standard output belongs to the records when they are delivered there.
  std::FILE* const out = totals.sink == "-" ? stderr : stdout;
  const device::Metrics& metrics = device.metrics();
  const std::string classes = classes_text();
  std::string text = header_printed_ ? "\n" : "";
  text += counted(metrics.windows, "window") + (classes.empty() ? "" : " (" + classes + ")") +
          ", " + counted(metrics.records, "record");
  text += metrics.gaps > 0 ? ", " + counted(metrics.gaps, "gap") : "";
  text += "\n";
  if (device.baseline_hash() != Hash256{}) {
    text += "baseline " + hex(device.baseline_hash()).substr(0, 8) + ", made of " +
            counted(device.pipeline().condition()->model().windows, "observation") + "\n";
  }
  if (!totals.store.empty()) {
    text += "store " + printable(totals.store) + ": boot " + std::to_string(device.boot_count());
    if (device.resumed_at() > 0) {
      text += ", resumed at sample " + std::to_string(device.resumed_at());
    }
    text += ", " + counted(totals.waiting, "record waits", "records wait") + " for delivery\n";
  }
  if (!totals.sink.empty()) {
    text += "delivered " + counted(device.uplink_stats().records, "record") + " to " +
            (totals.sink == "-" ? "standard output" : printable(totals.sink)) + "\n";
  }
  (void)std::fputs(text.c_str(), out);
}

void RunView::end(const Device& device, const Totals& totals) {
  progress_->clear();
  if (format_ == Format::kJson || format_ == Format::kJsonSummary) {
    json_end(device, totals);
  } else {
    text_end(device, totals);
  }
}

}  // namespace aiot::cli
