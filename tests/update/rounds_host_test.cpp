// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A device that is updated for a long time in a bad world: power cuts, bad images, lost links,
// sectors that fail for a while, images that hang or never become healthy. After every round it
// runs a confirmed image. AIOT_FULL=1: ten thousand rounds.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string_view>
#include <vector>

#include "aiot/update/installer.hpp"
#include "aiot/update/model_slots.hpp"
#include "aiot/update/slot_start.hpp"
#include "ports/sim/flash.hpp"
#include "tests/support/test.hpp"
#include "tests/update/sample_image.hpp"

namespace {

using namespace aiot;
using namespace aiot::update_test;
using update::ImageType;
using update::SlotState;

constexpr std::uint32_t kSector = 512;
constexpr std::uint32_t kRecordSectors = 6;
constexpr std::uint32_t kSlotSectors = 6;
constexpr std::uint32_t kSize = (kRecordSectors + 4 * kSlotSectors) * kSector;
constexpr std::uint32_t kAddresses[2] = {0x10000, 0x20000};
constexpr std::string_view kProduct = "node-1";

/// What the test knows of an image; the device finds out.
struct Image {
  std::vector<std::byte> bytes;
  std::vector<std::byte> offer;
  update::Version version{};
  std::uint32_t counter = 0;
  bool valid = true;
  bool hangs = false;
  bool healthy = true;
};

struct Counts {
  std::uint32_t boots = 0;
  std::uint32_t cuts = 0;
  std::uint32_t confirmed = 0;
  std::uint32_t returned = 0;
  std::uint32_t refused = 0;
  std::uint32_t faults = 0;
};

class World {
 public:
  World(std::uint32_t program, std::uint32_t seed)
      : bytes_(kSize),
        granules_(program == 1 ? 0 : kSize / program),
        flash_({.size = kSize,
                .sector = kSector,
                .page = 256,
                .program = program,
                .erased = std::byte{0xFF},
                .reprogram = program == 1},
               sim::SimFlash::Ecc::kYes,
               bytes_,
               granules_),
        buffer_(update::kInstallerBuffer),
        random_(seed) {
    flash_.blank();
    for (const ImageType type : {ImageType::kFirmware, ImageType::kModel}) {
      Image& image = confirmed_[index(type)];
      image = make(type, 0);
      EXPECT_TRUE(write_sample(flash_, slots(type)[0], image.bytes).ok());
    }
  }

  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// One image is offered and decided, whatever happens meanwhile; false: the device is lost.
  bool round() {
    type_ = draw(2) == 0 ? ImageType::kFirmware : ImageType::kModel;
    candidate_.reset();
    settled_ = false;
    set_bad_sector();
    for (int boots = 0; !settled_; ++boots) {
      if (boots == 60) {
        ADD_FAILURE() << "does not come to an end";
        return false;
      }
      if (boots < 12 && draw(2) == 0) {
        flash_.cut_at(1 + draw(40), sim::kCutKinds[draw(4)], random());
      }
      if (boots == 20) {
        flash_.set_bad_sectors({});
      }
      ++counts.boots;
      if (!boot()) {
        return false;
      }
      if (!flash_.powered()) {
        ++counts.cuts;
        cause_ = hal::ResetCause::kPowerOn;
      }
      flash_.power_on();
    }
    flash_.set_bad_sectors({});
    EXPECT_EQ(flash_.violations(), 0U);
    return flash_.violations() == 0;
  }

  Counts counts;

 private:
  static std::size_t index(ImageType type) { return static_cast<std::size_t>(type); }

  std::uint32_t random() { return static_cast<std::uint32_t>(random_()); }

  std::uint32_t draw(std::uint32_t below) { return random() % below; }

  static std::array<hal::FlashRegion, 2> slots(ImageType type) {
    const std::uint32_t size = kSlotSectors * kSector;
    const std::uint32_t first =
        kRecordSectors * kSector + (type == ImageType::kModel ? 2 * size : 0);
    return {hal::FlashRegion{first, size}, hal::FlashRegion{first + size, size}};
  }

  bool holds(ImageType type, std::uint8_t slot, const Image& image) const {
    const std::uint32_t at = slots(type)[slot].offset;
    return std::memcmp(&bytes_[at], image.bytes.data(), image.bytes.size()) == 0;
  }

  /// An image for `slot`, newer than the confirmed one; one in two has something wrong.
  Image make(ImageType type, std::uint8_t slot) {
    const Image& old = confirmed_[index(type)];
    Image image;
    image.version = old.version;
    image.version.build += 1 + draw(3);
    image.counter = old.counter + draw(2);
    if (old.bytes.empty()) {
      image.counter = 1;
    }
    SampleSpec spec;
    spec.payload_bytes = 600 + draw(1600);
    spec.seed = random();
    spec.product = kProduct;
    spec.type = type;
    if (type == ImageType::kFirmware) {
      spec.flags = update::kImageRomFixed;
      spec.load_address = kAddresses[slot];
    }
    bool torn = false;
    if (!old.bytes.empty()) {
      const std::uint32_t wrong = draw(14);
      image.valid = wrong > 5;
      image.hangs = wrong == 6;
      image.healthy = wrong != 7 && wrong != 8;
      torn = wrong == 0;
      if (wrong == 1) {
        spec.signer = Signer::kNobody;
      } else if (wrong == 2) {
        spec.product = "node-2";
      } else if (wrong == 3) {
        image.version = {};
      } else if (wrong == 4) {
        image.counter = old.counter - 1;
      } else if (wrong == 5) {
        spec.payload_bytes = kSlotSectors * kSector;
      }
    }
    spec.version = image.version;
    spec.counter = image.counter;
    image.bytes.resize(8192);
    image.bytes.resize(make_sample(spec, image.bytes).size());
    image.offer.resize(update::kMaxOfferBytes);
    image.offer.resize(*update::make_offer(image.bytes, image.offer));
    if (torn) {
      image.bytes[draw(static_cast<std::uint32_t>(image.bytes.size()))] ^= std::byte{16};
    }
    return image;
  }

  /// Sometimes a sector of an idle slot or of the record fails for a while.
  void set_bad_sector() {
    bad_.clear();
    if (draw(6) == 0) {
      const std::uint32_t sector = draw(3) == 0
                                       ? draw(kRecordSectors)
                                       : draw(kSize / kSector - kRecordSectors) + kRecordSectors;
      bad_.push_back(
          {sector,
           std::array{sim::Fails::kPrograms, sim::Fails::kErases, sim::Fails::kBoth}[draw(3)],
           draw(5),
           draw(2) == 0 ? sim::CutKind::kOld : sim::CutKind::kPrefix});
    }
    flash_.set_bad_sectors(bad_);
  }

  update::VerifyPolicy policy() const {
    update::VerifyPolicy policy;
    policy.keys = {&key_, 1};
    policy.schemes = {&scheme_, 1};
    return policy;
  }

  /// What is started is what was confirmed, or a valid candidate on trial.
  bool check_start(ImageType type, std::uint8_t slot, bool trial) {
    const bool candidate = type == type_ && candidate_.has_value() && candidate_->valid &&
                           holds(type, slot, *candidate_);
    if (candidate && !trial && confirming_) {
      accept();  // the power failed when the confirmation was durable, and nobody was told
      return true;
    }
    const bool known = trial ? candidate : holds(type, slot, confirmed_[index(type)]);
    EXPECT_TRUE(known) << "started an image that is neither confirmed nor on trial";
    return known;
  }

  void accept() {
    confirmed_[index(type_)] = *candidate_;
    confirming_ = false;
    settled_ = true;
    ++counts.confirmed;
  }

  /// One start; false when the device is lost. Without power it just ends.
  bool boot() {
    update::BootRecord record;
    const Status mounted = record.mount(flash_, {0, kRecordSectors * kSector});
    EXPECT_TRUE(mounted.ok()) << "the record is lost: " << to_string(mounted.error());
    if (!mounted.ok()) {
      return false;
    }
    update::StartRequest request{.flash = flash_,
                                 .slots = slots(ImageType::kFirmware),
                                 .addresses = {kAddresses[0], kAddresses[1]},
                                 .policy = policy(),
                                 .product = kProduct,
                                 .cause = cause_};
    cause_ = hal::ResetCause::kSoftware;
    const auto firmware = update::start_slot(record, request, buffer_);
    if (!flash_.powered()) {
      return true;
    }
    EXPECT_TRUE(firmware.ok()) << "no firmware can be started";
    if (!firmware.ok() || !check_start(ImageType::kFirmware, firmware->slot, firmware->trial)) {
      return false;
    }
    request.slots = slots(ImageType::kModel);
    const auto model = update::start_model(record, request, buffer_);
    if (!flash_.powered()) {
      return true;
    }
    EXPECT_TRUE(model.ok()) << "no model can be started";
    if (!model.ok() || !check_start(ImageType::kModel, model->slot, model->trial)) {
      return false;
    }
    (void)record.count_boot();
    if (!flash_.powered() || settled_) {
      return true;
    }
    update::InstallerConfig config;
    config.slots = {slots(ImageType::kFirmware), slots(ImageType::kModel)};
    config.running = {firmware->slot, model->slot};
    config.addresses = request.addresses;
    config.product = kProduct;
    config.policy = policy();
    update::Installer installer(flash_, record, config, buffer_);
    const bool firmware_round = type_ == ImageType::kFirmware;
    const auto& pair = record.state().of(type_);
    for (const update::SlotPair& each : record.state().pair) {
      const auto which = static_cast<std::size_t>(&each - record.state().pair.data());
      const bool may_rise = confirming_ && which == index(type_);
      const bool right =
          may_rise || update::is_factory(each) || each.counter == confirmed_[which].counter;
      EXPECT_TRUE(right) << "a counter that nobody confirmed";
      if (!right) {
        return false;
      }
    }
    if (firmware_round ? firmware->trial : model->trial) {
      return on_trial(installer);
    }
    const std::uint8_t idle = (firmware_round ? firmware->slot : model->slot) ^ 1U;
    if (tried_ && pair.slot[idle].state == SlotState::kReturned) {
      tried_ = false;
      settled_ = true;
      ++counts.returned;
      return true;
    }
    receive(installer, pair, idle);
    return true;
  }

  bool on_trial(update::Installer& installer) {
    if (candidate_->hangs) {
      cause_ = hal::ResetCause::kWatchdog;
    } else if (candidate_->healthy) {
      confirming_ = true;
      if (installer.confirm(type_).ok()) {
        accept();
      }
    } else if (draw(2) == 0) {
      (void)installer.give_up(type_, update::Cause::kNoSamples);
    }
    return true;
  }

  void receive(update::Installer& installer, const update::SlotPair& pair, std::uint8_t idle) {
    // A trial may be undecided only because the record could not be written.
    if (!candidate_.has_value() && pair.slot[idle].state != SlotState::kTrial) {
      candidate_ = make(type_, idle);
      tried_ = false;
    }
    if (!candidate_.has_value()) {
      return;
    }
    update::InstallVerdict verdict = installer.offer(candidate_->offer);
    const std::size_t block = 1 + draw(700);
    for (std::size_t at = verdict.offset; verdict.ok() && at < candidate_->bytes.size();
         at += block) {
      if (draw(60) == 0) {
        return;  // the link is lost, or somebody presses reset
      }
      const std::size_t left = candidate_->bytes.size() - at;
      verdict = installer.write(static_cast<std::uint32_t>(at),
                                Bytes(candidate_->bytes).subspan(at, std::min(block, left)));
    }
    if (verdict.ok()) {
      verdict = installer.finish();
    }
    if (!flash_.powered()) {
      tried_ = true;  // it may have been committed all the same
      return;
    }
    if (verdict.ok()) {
      EXPECT_TRUE(candidate_->valid) << "a bad image was taken";
      tried_ = true;
      return;
    }
    if (verdict.fault != update::InstallFault::kTrialRuns) {
      (candidate_->valid ? counts.faults : counts.refused) += 1;
      settled_ = true;  // it is told what is wrong, and gives up
    }
  }

  std::vector<std::byte> bytes_;
  std::vector<std::uint8_t> granules_;
  sim::SimFlash flash_;
  std::vector<std::byte> buffer_;
  std::vector<sim::BadSector> bad_;
  std::mt19937 random_;
  update::TrustedKey key_ = fast_trusted_key();
  crypto::SignatureScheme scheme_ = kFastScheme;
  std::array<Image, 2> confirmed_;
  std::optional<Image> candidate_;
  ImageType type_ = ImageType::kFirmware;
  hal::ResetCause cause_ = hal::ResetCause::kPowerOn;
  bool confirming_ = false;  // the application has called `confirm` for the candidate
  bool tried_ = false;       // the candidate may have become the trial
  bool settled_ = false;
};

void run_rounds(std::uint32_t program, std::uint32_t seed) {
  const char* const full = std::getenv("AIOT_FULL");
  const std::uint32_t rounds = full != nullptr && std::string_view(full) == "1" ? 10000 : 400;
  World world(program, seed);
  for (std::uint32_t i = 0; i < rounds; ++i) {
    if (!world.round()) {
      ADD_FAILURE() << "round " << i << ", units of " << program;
      return;
    }
  }
  const Counts& c = world.counts;
  std::printf(
      "update rounds, units of %u: %u rounds, %u boots, %u cuts; %u confirmed, %u returned, "
      "%u refused, %u ended by the flash\n",
      program,
      rounds,
      c.boots,
      c.cuts,
      c.confirmed,
      c.returned,
      c.refused,
      c.faults);
  EXPECT_GT(c.confirmed, rounds / 10);
  EXPECT_GT(c.returned, rounds / 40);
  EXPECT_GT(c.refused, rounds / 10);
  EXPECT_GT(c.cuts, rounds / 4);
}

TEST(UpdateRounds, LoseNoDeviceOnBits) {
  run_rounds(1, 1);
}

TEST(UpdateRounds, LoseNoDeviceOnUnitsOf8) {
  run_rounds(8, 2);
}

TEST(UpdateRounds, LoseNoDeviceOnUnitsOf32) {
  run_rounds(32, 3);
}

}  // namespace
