// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/record/record.hpp"

#include <algorithm>
#include <array>

#include "aiot/core/flags.hpp"
#include "aiot/record/cbor.hpp"
#include "aiot/record/deterministic.hpp"
#include "aiot/record/float16.hpp"
#include "tests/record/examples.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::record {
namespace {

std::array<std::byte, 4096> buffer;
std::array<std::byte, 4096> other;

DecisionRecord typical_decision(std::span<const float> features, std::span<const Cause> reasons) {
  return {.context = ContextId{std::byte{1},
                               std::byte{2},
                               std::byte{3},
                               std::byte{4},
                               std::byte{5},
                               std::byte{6},
                               std::byte{7},
                               std::byte{8}},
          .stream = Stream::kRoutine,
          .sequence = 1000,
          .sample = 12'000'000,
          .label = 2,
          .confidence = 240,
          .features = features,
          .flags = kFlagChanged,
          .reasons = reasons};
}

TEST(DecisionRecord, HasTheBytesThatTheSpecificationShows) {
  const float features[] = {1.0F, 0.5F, -2.0F};
  const Cause reasons[] = {Reason::kVoteWon, Reason::kLabelChanged};
  const Bytes bytes = *encode(typical_decision(features, reasons), buffer);
  EXPECT_TRUE(same_bytes(
      bytes,
      Hex<64>(
          "8a 01 480102030405060708 01 1903e8 1a00b71b00 02 18f0 d85446003c003800c0 10 820304")));
}

TEST(DecisionRecord, KeepsTheNumbersBehindItsReasons) {
  const float features[] = {1.0F};
  const Cause reasons[] = {Reason::kVoteWon, Cause(Reason::kLabelChanged).with(14.0F).with(-0.5F)};
  const Bytes bytes = *encode(typical_decision(features, reasons), buffer);
  EXPECT_TRUE(
      same_bytes(bytes,
                 Hex<64>("8a 01 480102030405060708 01 1903e8 1a00b71b00 02 18f0 d85442003c 10 "
                         "82 03 82 04 d854 44 004b 00b8")));
  const Result<DecisionView> view = decode_decision(bytes);
  ASSERT_TRUE(view.ok());
  ASSERT_EQ(view->reasons.size(), 2U);
  ASSERT_EQ(view->reasons[1].numbers.size(), 2U);
  EXPECT_EQ(view->reasons[1].numbers[0], 14.0F);
  EXPECT_EQ(view->reasons[1].numbers[1], -0.5F);
}

TEST(DecisionRecord, TakesAtMost46BytesWithEightFeatures) {
  // A device that has written 60000 records and looked at 4 billion frames.
  const float features[8] = {};
  const Cause reasons[] = {Reason::kVoteWon, Reason::kLabelChanged};
  DecisionRecord record = typical_decision(features, reasons);
  record.sequence = 60000;
  record.sample = UINT32_MAX;
  EXPECT_EQ((*encode(record, buffer)).size(), 46U);
}

TEST(DecisionRecord, IsNeverLargerThanItsStatedMaximum) {
  std::array<float, kMaxFeatures> features{};
  std::array<Cause, kMaxReasons> reasons{};
  for (Cause& cause : reasons) {
    cause.reason = static_cast<Reason>(255);
    while (!cause.numbers.full()) {
      cause.with(1.0F);
    }
  }
  DecisionRecord record = typical_decision(features, reasons);
  record.sequence = UINT64_MAX;
  record.sample = UINT64_MAX;
  record.label = 254;
  record.confidence = 255;
  record.flags = UINT32_MAX;
  for (std::size_t count = 0; count <= kMaxFeatures; ++count) {
    record.features = std::span(features).first(count);
    const std::size_t size = (*encode(record, buffer)).size();
    EXPECT_LE(size, max_decision_bytes(count));
    EXPECT_GE(size + 2U, max_decision_bytes(count)) << "the maximum is no wild guess";
  }
}

TEST(DecisionRecord, ComesBackAsItWasWritten) {
  sim::Random random(77);
  for (int round = 0; round < 1000; ++round) {
    const AnyDecision any(random);
    const DecisionRecord& in = any.record;
    const Result<Bytes> bytes = encode(in, buffer);
    ASSERT_TRUE(bytes.ok());
    ASSERT_TRUE(check_deterministic(*bytes).ok());
    const Result<DecisionView> out = decode_decision(*bytes);
    ASSERT_TRUE(out.ok());
    EXPECT_TRUE(out->header.has_context && out->header.context == in.context);
    EXPECT_EQ(out->header.stream, in.stream);
    EXPECT_EQ(out->header.sequence, in.sequence);
    EXPECT_EQ(out->sample, in.sample);
    EXPECT_EQ(out->label, in.label);
    EXPECT_EQ(out->confidence, in.confidence);
    EXPECT_EQ(out->flags, in.flags);
    ASSERT_EQ(out->features(), in.features.size());
    for (std::size_t i = 0; i < in.features.size(); ++i) {
      EXPECT_EQ(to_float16(out->feature(i)), to_float16(in.features[i]));
    }
    EXPECT_TRUE(
        std::equal(out->reasons.begin(), out->reasons.end(), in.reasons.begin(), in.reasons.end()));
  }
}

TEST(ContextRecord, ComesBackAsItWasWritten) {
  const Context in = full_context();
  const ContextRecord record{.id = {std::byte{9}},
                             .stream = Stream::kUrgent,
                             .sequence = 7,
                             .start = 70000,
                             .content = in};
  const Bytes bytes = *encode(record, buffer);
  ASSERT_TRUE(check_deterministic(bytes).ok());
  const Result<ContextView> out = decode_context(bytes);
  ASSERT_TRUE(out.ok());
  EXPECT_TRUE(out->header.context == record.id);
  EXPECT_EQ(out->header.sequence, 7U);
  EXPECT_EQ(out->start, 70000U);
  const Context& content = out->content;
  EXPECT_TRUE(content.device == in.device && content.site == in.site);
  EXPECT_EQ(content.boot_count, in.boot_count);
  EXPECT_TRUE(content.firmware_version == in.firmware_version);
  EXPECT_TRUE(content.package_name == in.package_name);
  EXPECT_TRUE(content.package_version == in.package_version);
  EXPECT_TRUE(content.firmware_hash == in.firmware_hash);
  EXPECT_TRUE(content.package_hash == in.package_hash);
  EXPECT_TRUE(content.training_hash == in.training_hash);
  EXPECT_TRUE(content.plan_hash == in.plan_hash && content.policy_hash == in.policy_hash);
  EXPECT_EQ(content.sensor.rate_hz, in.sensor.rate_hz);
  EXPECT_EQ(content.sensor.scale, in.sensor.scale);
  EXPECT_EQ(content.sensor.axes, in.sensor.axes);
  EXPECT_TRUE(content.sensor.hash == in.sensor.hash);
  EXPECT_EQ(content.window, in.window);
  EXPECT_EQ(content.hop, in.hop);
  EXPECT_EQ(content.machine.speed_rpm, in.machine.speed_rpm);
  EXPECT_EQ(content.machine.bearing, in.machine.bearing);
  EXPECT_EQ(content.machine.balls, in.machine.balls);
  EXPECT_EQ(content.machine.ball_diameter, in.machine.ball_diameter);
  EXPECT_EQ(content.machine.pitch_diameter, in.machine.pitch_diameter);
  EXPECT_EQ(content.machine.contact_angle, in.machine.contact_angle);
  EXPECT_EQ(content.baseline_hash, in.baseline_hash);
  ASSERT_EQ(out->labels.size(), in.labels.size());
  EXPECT_TRUE(out->labels[2] == "outer_race");
  ASSERT_EQ(out->features.size(), in.features.size());
  EXPECT_EQ(out->features[2].id, FeatureId::kBandRms);
  EXPECT_EQ(out->features[2].axis, 2);
  EXPECT_EQ(out->features[2].hi_hz, 2500.5F);
}

TEST(ContextRecord, IsTheSameBytesWhenItIsWrittenAsItWasRead) {
  sim::Random random(13);
  for (int round = 0; round < 500; ++round) {
    const ContextRecord in{.id = {std::byte{1}},
                           .stream = static_cast<Stream>(random.below(kStreams)),
                           .sequence = random.next64() >> random.below(64),
                           .start = random.next64() >> random.below(64),
                           .content = some_context(random)};
    const Bytes bytes = *encode(in, buffer);
    ASSERT_TRUE(check_deterministic(bytes).ok());
    const Result<ContextView> view = decode_context(bytes);
    ASSERT_TRUE(view.ok());
    ContextRecord out{.id = view->header.context,
                      .stream = view->header.stream,
                      .sequence = view->header.sequence,
                      .start = view->start,
                      .content = view->content};
    out.content.labels = {view->labels.begin(), view->labels.size()};
    out.content.features = {view->features.begin(), view->features.size()};
    ASSERT_TRUE(same_bytes(*encode(out, other), bytes));
  }
}

TEST(ContextRecord, CarriesTheBytesThatItsIdIsTheHashOf) {
  const Context content = full_context();
  const Bytes alone = *encode_content(content, buffer);
  const Bytes record = *encode(ContextRecord{.content = content}, other);
  EXPECT_TRUE(same_bytes(decode_context(record)->content_bytes, alone));
}

TEST(ContextRecord, LeavesOutWhatIsNotThere) {
  const Bytes content = *encode_content(Context{}, buffer);
  EXPECT_TRUE(same_bytes(content, Hex<8>("a2 00 01 02 00")));
  const Bytes record = *encode(ContextRecord{}, other);
  const Result<ContextView> view = decode_context(record);
  ASSERT_TRUE(view.ok());
  EXPECT_TRUE(view->content.device.empty() && view->labels.empty());
}

TEST(ContextRecord, SaysWhenTheBufferIsTooSmall) {
  const ContextRecord record{.content = full_context()};
  const std::size_t size = (*encode(record, buffer)).size();
  for (std::size_t room = 0; room < size; ++room) {
    ASSERT_EQ(encode(record, std::span(other).first(room)).error(), Error::kNoSpace);
  }
}

TEST(GapRecord, ComesBackAsItWasWritten) {
  const GapRecord in{.stream = Stream::kBulk, .first = 5, .last = UINT64_MAX};
  const Bytes bytes = *encode(in, buffer);
  EXPECT_TRUE(same_bytes(bytes, Hex<32>("85 02 f6 02 05 1bffffffffffffffff")));
  EXPECT_LE(bytes.size(), kMaxGapBytes);
  const Result<GapRecord> out = decode_gap(bytes);
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->stream, in.stream);
  EXPECT_EQ(out->first, in.first);
  EXPECT_EQ(out->last, in.last);
  EXPECT_FALSE(decode_header(bytes)->has_context);
  EXPECT_EQ(decode_gap(Hex<16>("85 02 f6 02 05 04")).error(), Error::kUnsupported) << "backwards";
}

TEST(TimeRecord, HasTheBytesThatTheSpecificationShows) {
  const TimeRecord record{.context = typical_decision({}, {}).context,
                          .stream = Stream::kBulk,
                          .sequence = 7,
                          .resume = 12'000'256,
                          .frame = 12'000'300,
                          .unix_ms = 1'798'761'600'000,
                          .uncertainty_ms = 40,
                          .clock = 0};
  const Bytes bytes = *encode(record, buffer);
  EXPECT_TRUE(same_bytes(bytes,
                         Hex<64>("89 03 480102030405060708 02 07 1a00b71c00 1a00b71c2c "
                                 "1b000001a2ce8bd400 1828 00")));
  EXPECT_EQ(bytes.size(), 35U);
}

TEST(TimeRecord, ComesBackAsItWasWritten) {
  sim::Random random(3);
  for (int round = 0; round < 1000; ++round) {
    const TimeRecord in = any_time(random);
    const Result<Bytes> bytes = encode(in, buffer);
    ASSERT_TRUE(bytes.ok());
    ASSERT_TRUE(check_deterministic(*bytes).ok());
    ASSERT_LE(bytes->size(), kMaxTimeBytes);
    const Result<TimeRecord> out = decode_time(*bytes);
    ASSERT_TRUE(out.ok());
    EXPECT_TRUE(out->context == in.context);
    EXPECT_EQ(out->stream, in.stream);
    EXPECT_EQ(out->sequence, in.sequence);
    EXPECT_EQ(out->resume, in.resume);
    EXPECT_EQ(out->frame, in.frame);
    EXPECT_EQ(out->unix_ms, in.unix_ms);
    EXPECT_EQ(out->uncertainty_ms, in.uncertainty_ms);
    EXPECT_EQ(out->clock, in.clock);
    EXPECT_EQ(*resume_point(*bytes), in.resume) << "a reader without this kind goes on there, too";
    EXPECT_EQ(decode_header(*bytes)->kind, 3U);
    EXPECT_EQ(decode_decision(*bytes).error(), Error::kUnsupported);
  }
}

TEST(TimeRecord, RefusesTimesThatNobodyMeans) {
  EXPECT_TRUE(
      decode_time(Hex<64>("89 03 480102030405060708 01 09 00 05 1b0000e677d21fdbff 02 00")).ok());
  EXPECT_EQ(
      decode_time(Hex<64>("89 03 480102030405060708 01 09 00 05 1b0000e677d21fdc00 02 00")).error(),
      Error::kUnsupported)
      << "the year 10000";
  EXPECT_EQ(
      decode_time(Hex<64>("89 03 480102030405060708 01 09 00 05 00 1b0000e677d21fdc00 00")).error(),
      Error::kUnsupported)
      << "that uncertain";
  EXPECT_EQ(decode_time(Hex<64>("89 03 480102030405060708 01 09 00 05 20 02 00")).error(),
            Error::kUnsupported)
      << "before 1970";
  EXPECT_EQ(decode_time(Hex<64>("89 03 480102030405060708 01 09 00 05 f93c00 02 00")).error(),
            Error::kUnsupported)
      << "no integer";
  EXPECT_EQ(decode_time(Hex<64>("89 03 f6 01 09 00 05 00 02 00")).error(), Error::kUnsupported)
      << "of no context";
  EXPECT_EQ(decode_time(Hex<64>("88 03 480102030405060708 01 09 00 05 00 02")).error(),
            Error::kUnsupported)
      << "of no clock";
  EXPECT_TRUE(decode_time(Hex<64>("8a 03 480102030405060708 01 09 00 05 00 02 00 a0")).ok())
      << "what a later version adds";
}

TEST(Records, OfALaterVersionAreReadAsFarAsTheyAreKnown) {
  // A decision with one more element and a reason with details; a gap with one more element; a
  // context with an unknown key and a key of another type; a record of an unknown kind.
  const Hex<64> decision(
      "8b 01 480102030405060708 00 05 00 f6 00 d85440 00 82 8203 18ff 04 a10102");
  const Result<DecisionView> view = decode_decision(decision);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->label, kUnknownLabel);
  ASSERT_EQ(view->reasons.size(), 2U);
  EXPECT_EQ(view->reasons[0].reason, Reason::kVoteWon);
  EXPECT_TRUE(view->reasons[0].numbers.empty());
  EXPECT_EQ(decode_gap(Hex<32>("86 02 f6 01 03 04 83010203"))->last, 4U);
  const Hex<64> context("87 00 480102030405060708 00 00 00 a3 0205 1863 820102 6178 f5 01");
  EXPECT_EQ(decode_context(context)->content.boot_count, 5U);
  const Hex<32> event("86 04 480102030405060708 01 09 80 f5");
  EXPECT_EQ(decode_header(event)->kind, 4U);
  EXPECT_EQ(decode_header(event)->sequence, 9U);
}

TEST(Records, WithLongerListsThanAReaderHasRoomForAreReadWithoutTheRest) {
  const Hex<64> decision(
      "8a 01 480102030405060708 00 05 00 f6 00 d85440 00 8a 01 02 03 04 05 06 07 8208f5 820918ff "
      "03");
  const Result<DecisionView> view = decode_decision(decision);
  ASSERT_TRUE(view.ok());
  ASSERT_EQ(view->reasons.size(), kMaxReasons);
  EXPECT_EQ(view->reasons[7].reason, static_cast<Reason>(8));

  constexpr std::size_t kMany = 70;
  std::array<std::string_view, kMany> labels{};
  labels.fill("label");
  labels[kMaxLabels - 1] = "last";
  std::array<FeatureDescription, kMany> features{};
  features.fill({.id = FeatureId::kRms});
  features[kMaxFeatures - 1].id = FeatureId::kPeak;
  static std::array<std::byte, 4096> large;
  const Bytes context = *encode(
      ContextRecord{
          .content = {.labels = labels, .features = features, .site = "site", .window = 2048}},
      large);
  const Result<ContextView> read = decode_context(context);
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read->labels.size(), kMaxLabels);
  EXPECT_TRUE(read->labels[kMaxLabels - 1] == "last");
  ASSERT_EQ(read->features.size(), kMaxFeatures);
  EXPECT_EQ(read->features[kMaxFeatures - 1].id, FeatureId::kPeak);
  EXPECT_TRUE(read->content.site == "site") << "what follows is read";
  EXPECT_EQ(read->content.window, 2048U);
}

TEST(Records, TellWhereARunGoesOn) {
  const float features[] = {1.0F};
  const Bytes decision = *encode(typical_decision(features, {}), buffer);
  EXPECT_EQ(*resume_point(decision), 12'000'001U) << "behind the first frame of the last window";
  const Bytes context = *encode(ContextRecord{.start = 512}, other);
  EXPECT_EQ(*resume_point(context), 512U);
  EXPECT_EQ(resume_point(*encode(GapRecord{}, other)).error(), Error::kUnsupported);
  const auto later = Hex<32>("87 04 480102030405060708 01 09 1a00010000 80 f5");
  EXPECT_EQ(*resume_point(later), 65536U) << "of a kind that this version does not know";
  EXPECT_EQ(resume_point(decision.first(14)).error(), Error::kOutOfRange);
}

TEST(Records, RefuseWhatIsNotTheirKind) {
  const Bytes gap = *encode(GapRecord{}, buffer);
  EXPECT_EQ(decode_decision(gap).error(), Error::kUnsupported);
  EXPECT_EQ(decode_context(gap).error(), Error::kUnsupported);
  EXPECT_EQ(decode_header(Hex<8>("00")).error(), Error::kUnsupported);
  EXPECT_EQ(decode_header(Hex<8>("83 00 f6 00")).error(), Error::kUnsupported);
  EXPECT_EQ(decode_header(Hex<8>("84 00 4101 00 00")).error(), Error::kUnsupported) << "short id";
  EXPECT_EQ(decode_header(Hex<8>("84 00 f6 03 00")).error(), Error::kUnsupported) << "stream 3";
  EXPECT_EQ(decode_header(Hex<8>("84 00 f6 00 00 00")).error(), Error::kUnsupported)
      << "a byte more";
  EXPECT_EQ(decode_header({}).error(), Error::kOutOfRange);
}

TEST(Records, AreRefusedWhenCutAnywhere) {
  const Bytes context = *encode(ContextRecord{.content = full_context()}, buffer);
  for (std::size_t cut = 0; cut < context.size(); ++cut) {
    ASSERT_EQ(decode_context(context.first(cut)).error(), Error::kOutOfRange);
  }
  sim::Random random(5);
  const AnyDecision any(random);
  const Bytes decision = *encode(any.record, buffer);
  for (std::size_t cut = 0; cut < decision.size(); ++cut) {
    ASSERT_EQ(decode_decision(decision.first(cut)).error(), Error::kOutOfRange);
  }
  const Bytes time = *encode(any_time(random), buffer);
  for (std::size_t cut = 0; cut < time.size(); ++cut) {
    ASSERT_EQ(decode_time(time.first(cut)).error(), Error::kOutOfRange);
  }
}

TEST(Records, SurviveFlippedBits) {
  const Bytes context = *encode(ContextRecord{.content = full_context()}, buffer);
  for (std::size_t bit = 0; bit < 8U * context.size(); ++bit) {
    std::ranges::copy(context, other.begin());
    other[bit / 8U] ^= static_cast<std::byte>(1U << (bit % 8U));
    (void)decode_context(Bytes(other).first(context.size()));
  }
  sim::Random random(6);
  const AnyDecision any(random);
  const Bytes decision = *encode(any.record, buffer);
  for (std::size_t bit = 0; bit < 8U * decision.size(); ++bit) {
    std::ranges::copy(decision, other.begin());
    other[bit / 8U] ^= static_cast<std::byte>(1U << (bit % 8U));
    (void)decode_decision(Bytes(other).first(decision.size()));
  }
}

TEST(WholeRecords, CountsUpToWhereAFileWasCut) {
  std::size_t ends[4] = {};
  std::size_t size = 0;
  for (std::size_t i = 1; i < 4; ++i) {
    size += (*encode(GapRecord{.first = 100 * i, .last = 100 * i + 50},
                     MutableBytes(buffer).subspan(size)))
                .size();
    ends[i] = size;
  }
  for (std::size_t cut = 0; cut <= size; ++cut) {
    std::size_t expected = 0;
    for (const std::size_t end : ends) {
      expected = end <= cut ? end : expected;
    }
    EXPECT_EQ(*whole_records(Bytes(buffer).first(cut)), expected);
  }
}

TEST(WholeRecords, KnowsWhatDoesNotEvenBeginLikeARecord) {
  EXPECT_EQ(*whole_records({}), 0U);
  for (const std::string_view text : {"time,class\n", "\x85time", "{\"a\":1}", "RIFF"}) {
    EXPECT_EQ(whole_records(as_bytes(text.data(), text.size())).error(), Error::kCorrupt) << text;
  }
}

TEST(WholeRecords, TakesZerosForWhatNeverReachedTheDisk) {
  EXPECT_EQ(*whole_records(Hex<16>("85 02 f6 00 01 02 000000000000")), 6U);
  EXPECT_EQ(*whole_records(Hex<16>("85 02 f6 00 01 02 8502f600 0000")), 6U + 6U) << "as if written";
  EXPECT_EQ(*whole_records(Hex<16>("85 02 f6 00 01 02 8502 000000")), 6U) << "torn, then zeros";
}

// Whatever one damaged byte does: all records in front of it are whole, or the bytes are refused.
// It never makes the records behind it look like a torn tail.
TEST(WholeRecords, DoesNotTakeADamagedRecordForATornOne) {
  std::size_t size = 0;
  std::size_t second = 0;
  for (std::uint32_t i = 0; i < 6; ++i) {
    sim::Random random(i + 40);
    const AnyDecision any(random);
    size += (*encode(any.record, MutableBytes(buffer).subspan(size))).size();
    second = i == 0 ? size : second;
  }
  std::uint32_t refused = 0;
  for (std::size_t bit = 8 * second; bit < 8 * (second + 12); ++bit) {
    std::ranges::copy(Bytes(buffer).first(size), other.begin());
    other[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const Result<std::size_t> whole = whole_records(Bytes(other).first(size));
    EXPECT_TRUE(!whole.ok() || *whole == size) << bit;
    refused += whole.ok() ? 0U : 1U;
  }
  EXPECT_GT(refused, 20U);
}

}  // namespace
}  // namespace aiot::record
