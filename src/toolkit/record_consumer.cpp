// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/record_consumer.hpp"

#include <algorithm>

#include "aiot/link/sealed.hpp"

namespace aiot::toolkit {
namespace {

constexpr int kNoStream = -1;
constexpr std::size_t kMaxTroubles = 4096;  // that are remembered
// No device has this name.
const std::pair<std::string, int> kDiskPlace{"", 0};

/// Names from a topic made safe to print.
std::string shown(std::string_view text) {
  std::string safe(text);
  std::ranges::replace_if(
      safe, [](char c) { return c < ' ' || c > '~'; }, '?');
  return safe;
}

const char* name_of(int stream) {
  constexpr std::array<const char*, kStreams> kNames = {"urgent", "routine", "bulk"};
  return kNames.at(static_cast<std::size_t>(stream));
}

/// What the operator may do about it.
const char* advice(BatchFault fault) {
  switch (fault) {
    case BatchFault::kHole:
      return "not taken before they have come; if they are lost for good, use --rejoin";
    case BatchFault::kChain:
      return "not taken; if device or archive have lost their past, use --rejoin";
    case BatchFault::kReplay:
      return "not taken again; harmless after a broken link";
    case BatchFault::kRestarted:
      return "not taken; give it another name, or bring its store back";
    default:
      return "not taken; look at the device, somebody may have its key";
  }
}

/// Not to be explained by a link that breaks.
bool is_strange(const IntakeResult& result) {
  return result.what == Intake::kUnknown || result.what == Intake::kForged ||
         result.fault == BatchFault::kPayload || result.fault == BatchFault::kRange ||
         result.fault == BatchFault::kConflict;
}

}  // namespace

const char* to_string(Intake what) noexcept {
  switch (what) {
    case Intake::kStored:
      return "stored";
    case Intake::kRepeated:
      return "repeated";
    case Intake::kOtherTopic:
      return "other topic";
    case Intake::kUnknown:
      return "unknown device";
    case Intake::kForged:
      return "forged";
    case Intake::kNotAccepted:
      return "not accepted";
    case Intake::kNoRoom:
      return "no room";
  }
  return "unknown";
}

RecordConsumer::RecordConsumer(RecordArchive& archive, FindKeys keys, std::string prefix)
    : archive_(archive), keys_(std::move(keys)), prefix_(std::move(prefix)) {}

ConsumerStats RecordConsumer::stats() const {
  ConsumerStats stats = stats_;
  stats.pending = static_cast<std::uint64_t>(
      std::ranges::count_if(troubles_, [](const auto& each) { return each.second.pending; }));
  return stats;
}

IntakeResult RecordConsumer::take(std::string_view topic, Bytes message, std::int64_t now_ms) {
  IntakeResult result = taken(topic, message, now_ms);
  ++stats_.messages[static_cast<std::size_t>(result.what)];
  stats_.strange += is_strange(result) ? 1U : 0U;
  return result;
}

IntakeResult RecordConsumer::taken(std::string_view topic, Bytes message, std::int64_t now_ms) {
  constexpr std::string_view kLeaf = "/batch";
  IntakeResult result;
  if (topic.size() <= prefix_.size() + 1 + kLeaf.size() || !topic.starts_with(prefix_) ||
      topic[prefix_.size()] != '/' || !topic.ends_with(kLeaf)) {
    return result;
  }
  const std::string device(
      topic.substr(prefix_.size() + 1, topic.size() - prefix_.size() - 1 - kLeaf.size()));
  if (device.size() > link::kMaxDeviceBytes || device.find('/') != std::string::npos) {
    return result;
  }
  result.device = device;
  std::string problem;
  const std::optional<hal::KeyStoreRef> keys = keys_(device, problem);
  if (!keys) {
    result.what = Intake::kUnknown;
    result.words = tell({device, kNoStream}, result, problem);
    return result;
  }

  const link::SealConfig seal{.device = device};
  scratch_.resize(std::max(scratch_.size(), message.size() + link::kBatchSealBytes));
  const link::OpenedBatch opened = link::open_batch(message, seal, *keys, scratch_);
  if (!opened.ok()) {
    // Anybody who may publish there can do this: it says nothing about a stream.
    result.what = Intake::kForged;
    const std::string form = opened.fault == link::SealFault::kForm
                                 ? std::string(" (") + record::to_string(opened.form) + ")"
                                 : std::string();
    result.words = tell({device, kNoStream},
                        result,
                        shown(device) + ": " + link::to_string(opened.fault) + form +
                            "; not taken: look who may publish there, and at the keys");
    return result;
  }

  const hal::Batch& batch = opened.batch;
  const Place place{device, static_cast<int>(batch.stream)};
  const std::string name = shown(device) + ":" + name_of(place.second);
  const BatchReceipt receipt = archive_.take(device, batch, now_ms);
  result.fault = receipt.fault;
  if (receipt.fault == BatchFault::kDisk) {
    result.what = Intake::kNoRoom;
    result.words = tell(kDiskPlace,
                        result,
                        std::string(to_string(receipt.fault)) + " (" + receipt.detail +
                            "); nothing is acknowledged, the devices keep what they have; make "
                            "room or mend the disk");
    return result;
  }
  if (receipt.fault != BatchFault::kNone) {
    result.what = Intake::kNotAccepted;
    result.words = tell(place,
                        result,
                        name + ": " + to_string(receipt.fault) + " (" + receipt.detail + "); " +
                            advice(receipt.fault));
    return result;
  }
  result.what = receipt.repeated ? Intake::kRepeated : Intake::kStored;
  stats_.records += receipt.stored;
  result.stored = receipt.stored;
  result.ack = receipt.ack;
  result.words = end_of_trouble(place, name + ": goes on");
  if (!receipt.repeated && result.words.empty()) {
    result.words = end_of_trouble(kDiskPlace, "the archive can be written again");
  }

  std::array<std::byte, link::kMaxReplyBytes> memory{};
  const auto sealed = link::seal_ack({receipt.ack, now_ms, opened.run}, seal, *keys, memory);
  if (sealed.ok()) {
    result.reply = ConsumerReply{prefix_ + "/" + device + "/ack", {sealed->begin(), sealed->end()}};
  } else {
    result.words = shown(device) + ": the acknowledgement can not be sealed (" +
                   aiot::to_string(sealed.error()) + "); look at its key";
  }
  return result;
}

/// The words, unless the same was told of this place before and nothing has been taken since.
std::string RecordConsumer::tell(const Place& place,
                                 const IntakeResult& result,
                                 const std::string& words) {
  if (place.second == kNoStream && troubles_.size() >= kMaxTroubles && !troubles_.contains(place)) {
    return {};  // somebody makes up names; counted all the same
  }
  Trouble& trouble = troubles_[place];
  const auto kind = result.fault == BatchFault::kNone
                        ? static_cast<unsigned>(result.what)
                        : kIntakes + static_cast<unsigned>(result.fault);
  const std::uint32_t bit = 1U << kind;
  const bool is_new = (trouble.told & bit) == 0;
  trouble.told |= bit;
  ++trouble.batches;
  trouble.pending =
      trouble.pending || (result.fault != BatchFault::kNone && result.fault != BatchFault::kReplay);
  return is_new ? words : std::string();
}

/// A batch was taken; the words that say so, if something was missing.
std::string RecordConsumer::end_of_trouble(const Place& place, const std::string& words) {
  troubles_.erase({place.first, kNoStream});
  const auto found = troubles_.find(place);
  if (found == troubles_.end()) {
    return {};
  }
  const Trouble trouble = found->second;
  troubles_.erase(found);
  return !trouble.pending ? std::string()
                          : words + " (" + std::to_string(trouble.batches) +
                                (trouble.batches == 1 ? " batch was" : " batches were") +
                                " not taken meanwhile)";
}

}  // namespace aiot::toolkit
