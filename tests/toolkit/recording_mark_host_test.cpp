// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include "aiot/store/queue.hpp"
#include "aiot/toolkit/recording_mark.hpp"
#include "ports/linux/store_dir.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

using test::TempDir;

constexpr Hash256 kPackage{std::byte{0xAB}, std::byte{0x01}};

Recording recording_of(std::int16_t first) {
  Recording recording;
  recording.rate_hz = 12800.0;
  recording.scale = 0.5;
  recording.samples = {first, 2, 3, 4};
  return recording;
}

// One program's time with the store: where its recording began; then some records are pushed.
StreamBegin run(const TempDir& dir,
                const Recording& recording,
                const Hash256& package,
                int records) {
  linux_port::StoreDir store;
  const std::string path = dir / "store";
  EXPECT_TRUE(store.open_or_create(path, linux_port::default_store_layout(8)).ok());
  const auto begin = begin_recording(path, store.flash(), store.layout().map, recording, package);
  EXPECT_TRUE(begin.ok());
  std::array<store::StreamConfig, kStreams> streams{};
  for (std::size_t i = 0; i < kStreams; ++i) {
    streams[i].region = store.layout().map.queue[i];
  }
  store::Queue queue;
  EXPECT_TRUE(queue.mount(store.flash(), streams).ok());
  for (int i = 0; i < records; ++i) {
    EXPECT_TRUE(queue.push(Stream::kRoutine, as_bytes("abcd", 4)).ok());
  }
  return begin.ok() ? *begin : StreamBegin{};
}

TEST(RecordingMark, TheSameRecordingGoesOnAndAnotherOneBeginsHere) {
  const TempDir dir;
  EXPECT_EQ(run(dir, recording_of(1), kPackage, 3), (StreamBegin{0, 0, 0}));
  EXPECT_EQ(run(dir, recording_of(1), kPackage, 2), (StreamBegin{0, 0, 0})) << "goes on";
  EXPECT_EQ(run(dir, recording_of(9), kPackage, 1), (StreamBegin{0, 5, 0})) << "another one";
  EXPECT_EQ(run(dir, recording_of(9), kPackage, 0), (StreamBegin{0, 5, 0})) << "goes on";
  EXPECT_EQ(run(dir, recording_of(9), Hash256{}, 0), (StreamBegin{0, 6, 0})) << "another package";
  EXPECT_EQ(run(dir, recording_of(1), kPackage, 0), (StreamBegin{0, 6, 0})) << "the first, anew";
}

TEST(RecordingMark, AnUnreadableOneBeginsAnew) {
  const TempDir dir;
  (void)run(dir, recording_of(1), kPackage, 3);
  for (const char* text :
       {"", "aiot-recording 2\n", "aiot-recording 1\nab 0 0 0\n", "aiot-recording 1\nzz 0 0 0\n"}) {
    dir.write("store/recording.txt", std::string_view(text));
    EXPECT_FALSE(read_recording_mark(dir / "store").has_value()) << text;
    EXPECT_EQ(run(dir, recording_of(1), kPackage, 0), (StreamBegin{0, 3, 0})) << text;
  }
}

TEST(RecordingMark, IsTheTextThatTheSpecificationShows) {
  const TempDir dir;
  RecordingMark mark{.identity = {std::byte{0x0F}, std::byte{0xA0}}, .begin = {1, 22, 333}};
  ASSERT_FALSE(write_recording_mark(dir.path(), mark).has_value());
  EXPECT_EQ(test::content_of(dir / "recording.txt"),
            "aiot-recording 1\n0fa0" + std::string(60, '0') + " 1 22 333\n");
  const auto read = read_recording_mark(dir.path());
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(read->identity == mark.identity);
  EXPECT_EQ(read->begin, mark.begin);
}

TEST(RecordingMark, SaysWhatIsWrong) {
  const TempDir dir;
  const auto problem = write_recording_mark(dir.path() / "gone", {});
  ASSERT_TRUE(problem.has_value());
  EXPECT_TRUE(problem->text.find("gone/recording.txt: can not be written") != std::string::npos);
}

}  // namespace
}  // namespace aiot::toolkit
