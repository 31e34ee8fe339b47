// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiot/core/flags.hpp"
#include "aiot/crypto/sha256.hpp"
#include "aiot/record/record.hpp"
#include "aiot/toolkit/record_dates.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/features_text.hpp"
#include "tools/aiot/reason_text.hpp"
#include "tools/aiot/records_source.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

using nlohmann::ordered_json;

constexpr const char* kExamples =
    "PATH is a store directory of `aiot run --store`, a file of records that `--sink` wrote, or "
    "an\n"
    "archive of `aiot consume`, which also knows which device sent a record and when it arrived.\n"
    "Each decision is shown with what its context record says about it: class names, features\n"
    "with units, and the time (first sample of its window divided by the sample rate). Where the\n"
    "device has learnt the wall-clock time there is a date, too, and how far it may be off; "
    "records\n"
    "from before that are dated afterwards. Parts that are damaged are stepped over and told on\n"
    "standard error; the exit code is 1 then.\n"
    "\n"
    "Examples:\n"
    "  aiot records decode pump.store\n"
    "  aiot records decode pumps.db --device pump-7\n"
    "  aiot records decode out.cbor --json | jq 'select(.kind == \"decision\") | .class'";

/// What a context record tells about the decisions that name it.
struct ContextInfo {
  std::vector<std::string> labels;
  std::vector<FeatureName> features;
  double rate_hz = 0.0;
  std::uint32_t axes = 1;
  std::uint32_t boot = 0;
};

using Contexts = std::map<ContextId, ContextInfo>;

ContextInfo info_of(const record::ContextView& view) {
  ContextInfo info;
  for (const std::string_view label : view.labels) {
    info.labels.push_back(printable(label));
  }
  for (const record::FeatureDescription& feature : view.features) {
    info.features.push_back({feature.id, feature.axis, feature.lo_hz, feature.hi_hz});
  }
  info.rate_hz = static_cast<double>(view.content.sensor.rate_hz);
  info.axes = view.content.sensor.axes;
  info.boot = view.content.boot_count;
  return info;
}

/// Contexts first: a store keeps them in another stream than most of the decisions that name them.
Contexts contexts_of(const FoundRecords& found) {
  Contexts contexts;
  for (const FoundRecord& record : found.records) {
    const Result<record::ContextView> view = record::decode_context(record.bytes);
    if (view.ok()) {
      contexts[view->header.context] = info_of(*view);
    }
  }
  return contexts;
}

/// Of an archive: who sent a record, and when it arrived; else empty.
std::string origin_of(const FoundRecord& found) {
  constexpr std::size_t kNameWidth = 13;
  constexpr std::size_t kTimeWidth = 25;
  return found.sender.empty()
             ? std::string()
             : left(printable(found.sender), kNameWidth) +
                   left(found.received_ms > 0 ? toolkit::utc_text(found.received_ms) : "-",
                        kTimeWidth);
}

/// True when the id is the hash of the content, as it has to be.
bool is_genuine(const record::ContextView& view) {
  const Hash256 hash = crypto::sha256(view.content_bytes);
  return std::equal(view.header.context.begin(), view.header.context.end(), hash.begin());
}

/// Time records of all contexts, so that what comes before them has its date as well. Of an archive
/// those of each device by themselves: what one says about another's contexts does not count.
toolkit::RecordDates dates_of(const FoundRecords& found) {
  toolkit::RecordDates dates;
  for (const FoundRecord& record : found.records) {
    dates.add(record.sender, record.bytes);
  }
  return dates;
}

/// "20 ms", "1.8 s", "3.5 min", "2.0 h"
std::string uncertainty_text(std::int64_t ms) {
  const auto value = static_cast<double>(ms);
  return ms < 1000        ? printed("%.0f ms", value)
         : ms < 60'000    ? printed("%.1f s", value / 1e3)
         : ms < 3'600'000 ? printed("%.1f min", value / 60e3)
                          : printed("%.1f h", value / 3600e3);
}

/// In the columns of the table; "-" where there is none.
std::string date_text(const toolkit::RecordDate& date) {
  return date.ok() ? left(toolkit::utc_text(date.unix_ms), 24) +
                         right(uncertainty_text(date.uncertainty_ms), 9)
                   : left("-", 24) + right("-", 9);
}

/// Reasons as JSON names them; never null.
const char* undated_word(toolkit::Undated undated) {
  switch (undated) {
    case toolkit::Undated::kNone:
      return "";
    case toolkit::Undated::kNoContext:
      return "no_context";
    case toolkit::Undated::kNoTime:
      return "no_time";
    case toolkit::Undated::kContradiction:
      return "contradiction";
  }
  return "";
}

/// Prints records as JSON lines or as a table.
class Printer {
 public:
  Printer(const Contexts& contexts, toolkit::RecordDates& dates, bool json)
      : contexts_(&contexts), dates_(&dates), json_(json), paint_(1) {}

  void print(const FoundRecord& found);

  /// Why decisions have no date, a line a reason and boot; none when nothing has one.
  [[nodiscard]] std::vector<std::string> undated() const;

  [[nodiscard]] std::size_t decisions() const noexcept { return decisions_; }

  [[nodiscard]] std::size_t contexts() const noexcept { return context_records_; }

 private:
  void line(ordered_json value, const FoundRecord& found) const;
  void missing(const FoundRecord& found);
  void context(const record::ContextView& view, const FoundRecord& found);
  void context_json(const record::ContextView& view, const FoundRecord& found) const;
  void decision(const record::DecisionView& view, const FoundRecord& found);
  void decision_json(const record::DecisionView& view,
                     const ContextInfo* info,
                     const toolkit::RecordDate& date,
                     const FoundRecord& found) const;
  void time(const record::TimeRecord& time, const FoundRecord& found) const;
  void header_of(const ContextInfo* info, bool has_origin);
  void reasons_of(const record::DecisionView& view, const ContextInfo* info);
  void gap(const record::GapRecord& gap, const FoundRecord& found) const;
  void other(const FoundRecord& found) const;

  const Contexts* contexts_;
  toolkit::RecordDates* dates_;
  bool json_;
  Painter paint_;
  const ContextInfo* shown_ = nullptr;
  bool header_printed_ = false;
  bool explained_ = false;
  std::uint8_t last_label_ = kUnknownLabel;  // of the last decision that was shown
  bool last_alarm_ = false;
  std::size_t decisions_ = 0;
  std::size_t context_records_ = 0;
  std::map<std::pair<toolkit::Undated, std::uint32_t>, std::size_t> undated_;  // by boot
};

void Printer::line(ordered_json value, const FoundRecord& found) const {
  if (!found.sender.empty()) {
    value["sender"] = found.sender;
    value["received"] =
        found.received_ms > 0 ? ordered_json(toolkit::utc_text(found.received_ms)) : ordered_json();
  } else if (found.stream) {
    value["acknowledged"] = found.acknowledged;
  }
  std::printf("%s\n", value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

void Printer::missing(const FoundRecord& found) {
  if (json_) {
    line({{"kind", "missing"},
          {"stream", stream_name(*found.stream)},
          {"first", found.sequence},
          {"last", found.last}},
         found);
    return;
  }
  std::printf(
      "%s\n",
      paint_(Colour::kBad,
             origin_of(found) + stream_name(*found.stream) + " " + std::to_string(found.sequence) +
                 " to " + std::to_string(found.last) + ": not readable")
          .c_str());
}

void Printer::context_json(const record::ContextView& view, const FoundRecord& found) const {
  const record::Context& content = view.content;
  const ContextInfo info = info_of(view);
  std::vector<std::string> features;
  for (const FeatureName& feature : info.features) {
    features.push_back(key_of(feature, info.axes));
  }
  ordered_json value{
      {"kind", "context"},
      {"id", hex(view.header.context)},
      {"genuine", is_genuine(view)},
      {"stream", stream_name(view.header.stream)},
      {"sequence", view.header.sequence},
      {"start", view.start},
      {"device", content.device},
      {"site", content.site},
      {"boot", content.boot_count},
      {"firmware", {{"version", content.firmware_version}, {"hash", hex(content.firmware_hash)}}},
      {"package",
       {{"name", content.package_name},
        {"version", content.package_version},
        {"hash", hex(content.package_hash)}}},
      {"training_hash", hex(content.training_hash)},
      {"plan_hash", hex(content.plan_hash)},
      {"policy_hash", hex(content.policy_hash)},
      {"labels", info.labels},
      {"features", features}};
  value["sensor"] = {{"rate_hz", content.sensor.rate_hz},
                     {"scale", content.sensor.scale},
                     {"axes", content.sensor.axes},
                     {"hash", hex(content.sensor.hash)}};
  value["window"] = content.window;
  value["hop"] = content.hop;
  const record::MachineDescription& machine = content.machine;
  value["machine"] = {{"rpm", machine.speed_rpm},
                      {"bearing", std::string(machine.bearing)},
                      {"balls", machine.balls},
                      {"ball_diameter", machine.ball_diameter},
                      {"pitch_diameter", machine.pitch_diameter},
                      {"contact_angle", machine.contact_angle}};
  value["baseline_hash"] = hex(content.baseline_hash);
  line(value, found);
}

void Printer::context(const record::ContextView& view, const FoundRecord& found) {
  ++context_records_;
  if (json_) {
    context_json(view, found);
    return;
  }
  const record::Context& content = view.content;
  std::string text = "context " + hex(view.header.context) + ": " + printable(content.device) +
                     ", boot " + std::to_string(content.boot_count) + ", firmware " +
                     printable(content.firmware_version) + ", package " +
                     printable(content.package_name) + " " + printable(content.package_version) +
                     printed(", %g Hz", static_cast<double>(content.sensor.rate_hz));
  if (content.machine.speed_rpm > 0.0F) {
    text += printed(", %g rpm", static_cast<double>(content.machine.speed_rpm));
  }
  if (content.machine.balls > 0) {
    text += ", bearing " + (content.machine.bearing.empty() ? std::string("by geometry")
                                                            : printable(content.machine.bearing));
  }
  if (content.baseline_hash != Hash256{}) {
    text += ", baseline " + hex(content.baseline_hash).substr(0, 8);
  }
  if (view.start > 0) {
    text += ", from sample " + std::to_string(view.start);
  }
  std::printf("%s%s\n",
              paint_(Colour::kStrong, origin_of(found) + text).c_str(),
              is_genuine(view) ? "" : paint_(Colour::kBad, "  its id is not its hash").c_str());
}

void Printer::decision_json(const record::DecisionView& view,
                            const ContextInfo* info,
                            const toolkit::RecordDate& date,
                            const FoundRecord& found) const {
  ordered_json value{{"kind", "decision"},
                     {"context", hex(view.header.context)},
                     {"stream", stream_name(view.header.stream)},
                     {"sequence", view.header.sequence},
                     {"sample", view.sample}};
  value["time_s"] = info != nullptr && info->rate_hz > 0.0
                        ? ordered_json(static_cast<double>(view.sample) / info->rate_hz)
                        : ordered_json();
  value["time"] = date.ok() ? ordered_json(toolkit::utc_text(date.unix_ms)) : ordered_json();
  value["time_uncertainty_ms"] = date.ok() ? ordered_json(date.uncertainty_ms) : ordered_json();
  value["undated"] = date.ok() ? ordered_json() : ordered_json(undated_word(date.undated));
  value["label"] = view.label == kUnknownLabel ? ordered_json() : ordered_json(view.label);
  value["class"] = info != nullptr && view.label < info->labels.size()
                       ? ordered_json(info->labels[view.label])
                       : ordered_json();
  value["confidence"] = view.confidence / 256.0;
  ordered_json features = ordered_json::object();
  for (std::size_t i = 0; i < view.features(); ++i) {
    const std::string key = info != nullptr && i < info->features.size()
                                ? key_of(info->features[i], info->axes)
                                : "feature_" + std::to_string(i);
    features[key] = view.feature(i);
  }
  value["features"] = features;
  value["flags"] = flag_words(view.flags);
  const std::span<const Cause> reasons(view.reasons.begin(), view.reasons.size());
  value["reasons"] = reason_names(reasons);
  value["reason_details"] = reason_details(reasons, info != nullptr ? info->rate_hz : 0.0);
  line(value, found);
}

void Printer::header_of(const ContextInfo* info, bool has_origin) {
  if (header_printed_ && (info == nullptr || (shown_ != nullptr &&
                                              shown_->features.size() == info->features.size()))) {
    return;
  }
  header_printed_ = true;
  shown_ = info;
  std::string titles = (has_origin ? left("device", 13) + left("received (UTC)", 25) : "") +
                       left("stream", 8) + right("seq", 7) + right("time s", 12) + "  " +
                       (dates_->times() > 0 ? left("UTC", 24) + right("+-", 9) + "  " : "") +
                       left("class", 10) + right("conf %", 7);
  const auto indices =
      info == nullptr ? std::vector<std::size_t>{} : main_features(info->features, 4);
  for (const std::size_t i : indices) {
    const std::string unit_text = unit(info->features[i].id);
    titles += "  " + title_of(info->features[i], info->axes) +
              (unit_text.empty() ? "" : " (" + unit_text + ")");
  }
  std::printf("%s\n", paint_(Colour::kStrong, titles + "  flags").c_str());
}

void Printer::decision(const record::DecisionView& view, const FoundRecord& found) {
  ++decisions_;
  const auto known = contexts_->find(view.header.context);
  const ContextInfo* const info = known == contexts_->end() ? nullptr : &known->second;
  const toolkit::RecordDate date = dates_->date(found.sender, view.header.context, view.sample);
  if (!date.ok()) {
    ++undated_[{date.undated, info != nullptr ? info->boot : 0}];
  }
  if (json_) {
    decision_json(view, info, date, found);
    return;
  }
  header_of(info, !found.sender.empty());
  const std::string label = view.label == kUnknownLabel ? "unknown"
                            : info != nullptr && view.label < info->labels.size()
                                ? info->labels[view.label]
                                : "class " + std::to_string(view.label);
  const std::string time = info != nullptr && info->rate_hz > 0.0
                               ? printed("%.3f", static_cast<double>(view.sample) / info->rate_hz)
                               : "#" + std::to_string(view.sample);
  std::string text = origin_of(found) + left(stream_name(view.header.stream), 8) +
                     right(std::to_string(view.header.sequence), 7) + right(time, 12) + "  " +
                     (dates_->times() > 0 ? date_text(date) + "  " : "") + left(label, 10) +
                     right(printed("%.0f", view.confidence * 100.0 / 256.0), 7);
  const auto indices =
      info == nullptr ? std::vector<std::size_t>{} : main_features(info->features, 4);
  for (const std::size_t i : indices) {
    const std::string unit_text = unit(info->features[i].id);
    const std::size_t width = title_of(info->features[i], info->axes).size() +
                              (unit_text.empty() ? 0 : unit_text.size() + 3);
    text +=
        "  " +
        right(i < view.features() ? value_text(static_cast<double>(view.feature(i))) : "-", width);
  }
  std::printf("%s  %s\n", text.c_str(), joined(flag_words(view.flags), " ").c_str());
  reasons_of(view, info);
}

/// Why, below the line of a decision that differs from the one before.
void Printer::reasons_of(const record::DecisionView& view, const ContextInfo* info) {
  const bool alarm = (view.flags & kFlagCondition) != 0;
  if (explained_ && view.label == last_label_ && alarm == last_alarm_) {
    return;
  }
  explained_ = true;
  last_label_ = view.label;
  last_alarm_ = alarm;
  for (const std::string& reason : reason_texts({view.reasons.begin(), view.reasons.size()},
                                                info != nullptr ? info->rate_hz : 0.0)) {
    std::printf("%s%s\n", left("", 29).c_str(), paint_(Colour::kWeak, reason).c_str());
  }
}

void Printer::gap(const record::GapRecord& gap, const FoundRecord& found) const {
  if (json_) {
    line({{"kind", "gap"},
          {"stream", stream_name(gap.stream)},
          {"first", gap.first},
          {"last", gap.last}},
         found);
    return;
  }
  std::printf("%s%s %llu to %llu: given up before they were delivered (store full)\n",
              origin_of(found).c_str(),
              stream_name(gap.stream),
              static_cast<unsigned long long>(gap.first),
              static_cast<unsigned long long>(gap.last));
}

void Printer::time(const record::TimeRecord& time, const FoundRecord& found) const {
  const auto unix_ms = static_cast<std::int64_t>(time.unix_ms);
  const auto uncertainty_ms = static_cast<std::int64_t>(time.uncertainty_ms);
  if (json_) {
    line({{"kind", "time"},
          {"context", hex(time.context)},
          {"stream", stream_name(time.stream)},
          {"sequence", time.sequence},
          {"sample", time.frame},
          {"time", toolkit::utc_text(unix_ms)},
          {"time_uncertainty_ms", uncertainty_ms},
          {"clock", time.clock}},
         found);
    return;
  }
  const std::string set = time.clock == 0
                              ? ""
                              : ", by a clock that was set " + counted(time.clock, "time") +
                                    " since the device started";
  std::printf("time: sample %llu of context %s was taken at %s +- %s%s\n",
              static_cast<unsigned long long>(time.frame),
              hex(time.context).c_str(),
              toolkit::utc_text(unix_ms).c_str(),
              uncertainty_text(uncertainty_ms).c_str(),
              set.c_str());
}

std::vector<std::string> Printer::undated() const {
  std::vector<std::string> lines;
  for (const auto& [why, count] : undated_) {
    const std::string boot =
        why.second != 0 ? " (boot " + std::to_string(why.second) + ")" : std::string();
    if (dates_->times() > 0) {
      lines.push_back(counted(count, "decision") +
                      " without a date: " + toolkit::to_string(why.first) + boot);
    }
  }
  return lines;
}

void Printer::other(const FoundRecord& found) const {
  const Result<record::Header> header = record::decode_header(found.bytes);
  const std::uint64_t kind = header.ok() ? header->kind : 0;
  if (json_) {
    line({{"kind", kind}, {"readable", header.ok()}, {"cbor", hex(found.bytes)}}, found);
    return;
  }
  std::printf(
      "%s%s, %zu bytes\n",
      origin_of(found).c_str(),
      header.ok() ? ("record of kind " + std::to_string(kind)).c_str() : "unreadable record",
      found.bytes.size());
}

void Printer::print(const FoundRecord& found) {
  if (found.bytes.empty()) {
    missing(found);
  } else if (const auto view = record::decode_decision(found.bytes); view.ok()) {
    decision(*view, found);
  } else if (const auto context_view = record::decode_context(found.bytes); context_view.ok()) {
    context(*context_view, found);
  } else if (const auto lost = record::decode_gap(found.bytes); lost.ok()) {
    gap(*lost, found);
  } else if (const auto told = record::decode_time(found.bytes); told.ok()) {
    time(*told, found);
  } else {
    other(found);
  }
}

ExitCode decode(const std::string& path, const std::string& sender, bool json) {
  const auto found = find_records(path, sender);
  if (!found.ok()) {
    return fail(found.problem().text);
  }
  const Contexts contexts = contexts_of(*found);
  toolkit::RecordDates dates = dates_of(*found);
  Printer printer(contexts, dates, json);
  for (const FoundRecord& record : found->records) {
    printer.print(record);
  }
  if (!json) {
    std::printf("%s%s, %s\n",
                printer.decisions() > 0 ? "\n" : "",
                counted(printer.decisions(), "decision").c_str(),
                counted(printer.contexts(), "context").c_str());
    for (const std::string& text : printer.undated()) {
      std::printf("%s\n", text.c_str());
    }
  }
  if (found->damage.empty()) {
    return ExitCode::kOk;
  }
  for (const std::string& part : found->damage) {
    std::string text = path;
    text.append(": ").append(part).append("; everything else is shown");
    (void)fail(text);
  }
  return ExitCode::kBadInput;
}

struct DecodeOptions {
  std::string path;
  std::string device;
  bool json = false;
};

}  // namespace

void add_records(CLI::App& app, ExitCode& exit) {
  CLI::App* const verb = app.add_subcommand("records", "Records of a store, a file or an archive");
  verb->require_subcommand(1);
  verb->footer("Example:\n  aiot records decode pump.store");
  const auto options = std::make_shared<DecodeOptions>();
  CLI::App* const show = verb->add_subcommand("decode", "Show records as text or JSON");
  show->footer(kExamples);
  show->add_option("path", options->path, "Store directory, file of records, or archive")
      ->type_name("PATH")
      ->required();
  show->add_option("--device", options->device, "Of an archive: the records of this device only")
      ->type_name("NAME");
  show->add_flag("--json", options->json, "One JSON object a line instead of the table");
  show->callback(
      [options, &exit] { exit = decode(options->path, options->device, options->json); });
  add_records_compare(*verb, exit);
  add_records_audit(*verb, exit);
  add_records_verify(*verb, exit);
}

}  // namespace aiot::cli
